import type { z } from "zod";
import { newId } from "@/db/ids";
import { trustedPipelines } from "@/db/schema";
import { lockAccessToken, mutatePipelines } from "@/lib/access-tokens/find";
import type { Actor } from "@/lib/auth/actor";
import { settings } from "@/lib/env";
import { DomainError } from "@/lib/errors";
import { parseProviderUrl } from "@/lib/version-control/provider-url";
import { mostPipelines } from "./limits";
import { assertImportable } from "./public-keys";
import {
  type addTrustedPipelineInput,
  assertConsistent,
  issuerOf,
  pipelineDetail,
  selectPipelines,
  type TrustedPipeline,
} from "./trusted-pipeline";

/**
 * Lets jobs of a project exchange their ID token for a secret of the access token. The provider is not asked: the ids
 * decide. Throws `people_only`, `invalid` on a field, and `conflict` for an equal one and beyond the most of a token.
 */
export async function addTrustedPipeline(
  actor: Actor,
  tokenId: string,
  input: z.output<typeof addTrustedPipelineInput>,
): Promise<TrustedPipeline> {
  assertConsistent(input);
  const providerUrl = parseProviderUrl(input.providerUrl, settings().PROVIDER_ALLOWLIST);
  if (input.publicKeys) await assertImportable(input.publicKeys);
  const wanted = {
    ...input,
    providerUrl,
    issuer: issuerOf(input.providerType, providerUrl),
    protectedOnly: input.protectedOnly ?? input.providerType === "gitlab",
  };
  return mutatePipelines(actor, tokenId, async (tx, { scope, organization }) => {
    const subject = await lockAccessToken(tx, scope, tokenId);
    const existing = await selectPipelines(tx, tokenId);
    if (existing.some((one) => isForSameJobs(one, wanted))) throw alreadyTrusted();
    if (existing.length >= mostPipelines) throw tooMany();
    const row = { id: newId("tpl"), organizationId: organization.id, accessTokenId: tokenId };
    await tx.insert(trustedPipelines).values({ ...row, ...wanted, createdById: actor.userId });
    const added = (await selectPipelines(tx, tokenId)).find(({ id }) => id === row.id);
    if (!added) throw new Error("the trusted pipeline was not inserted");
    const event = { action: "trusted_pipeline.added" as const, subject, detail: pipelineDetail(added) };
    return { result: added, event };
  });
}

type Condition = Pick<
  TrustedPipeline,
  "issuer" | "projectId" | "ownerId" | "ref" | "environment" | "protectedOnly" | "mergeRequests"
>;

/** Two that differ in their lifetime or keys alone would leave open which one counts. */
function isForSameJobs(one: Condition, other: Condition): boolean {
  return (
    one.issuer === other.issuer &&
    one.projectId === other.projectId &&
    one.ownerId === other.ownerId &&
    one.ref === other.ref &&
    one.environment === other.environment &&
    one.protectedOnly === other.protectedOnly &&
    one.mergeRequests === other.mergeRequests
  );
}

function alreadyTrusted(): DomainError {
  const message = "These jobs are trusted already. Remove that trusted pipeline first to change it.";
  return new DomainError("conflict", message);
}

function tooMany(): DomainError {
  const message = `An access token has at most ${mostPipelines} trusted pipelines. Remove one first, or use a * for several branches.`;
  return new DomainError("conflict", message);
}
