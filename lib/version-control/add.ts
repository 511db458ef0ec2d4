import { and, eq, isNull } from "drizzle-orm";
import { z } from "zod";
import { db, type Executor } from "@/db/client";
import { providerTypes, tokenScopes } from "@/db/enums";
import { newId } from "@/db/ids";
import { versionControlAccesses } from "@/db/schema";
import { findManagedToken, lockAccessToken, mutateToken } from "@/lib/access-tokens/find";
import type { Actor } from "@/lib/auth/actor";
import { seal } from "@/lib/crypto/seal";
import { settings } from "@/lib/env";
import { DomainError } from "@/lib/errors";
import { asProviderCall } from "@/lib/limits/provider-calls";
import { accessColumns, accessOf, credentialSealedAt, settingsDetail, type VersionControlAccess } from "./access";
import { parseProviderUrl } from "./provider-url";
import { type CheckResult, checkAccess, type ProviderCredential } from "./providers/provider-check";
import { checkTarget, providerToken } from "./providers/provider-check-input";
import { assertSettings, type RunnerSettings, runUntagged, tagList } from "./providers/runner-settings";

export const addAccessInput = z.strictObject({
  providerType: z.enum(providerTypes, { error: "Choose GitLab or GitHub." }),
  providerUrl: z.string({ error: "Enter the provider’s URL." }).min(1, "Enter the provider’s URL."),
  token: providerToken,
  tokenScope: z.enum(tokenScopes, { error: "Choose group or project." }),
  targetId: z.string({ error: "Enter the ID." }).trim().min(1, "Enter the ID."),
  acceptPersonalToken: z.boolean().default(false),
  allowedTags: tagList.default([]),
  runUntagged: runUntagged.default(false),
});

/**
 * Checks with the provider that the credential can register runners, and stores it sealed. Throws the provider's
 * refusal, `invalid` on a field, `conflict` on providerUrl if the token has an access for that URL, and `rate_limited`
 * before the provider is called.
 */
export async function addAccess(
  actor: Actor,
  tokenId: string,
  input: z.output<typeof addAccessInput>,
): Promise<VersionControlAccess> {
  const { organization } = await findManagedToken(db, actor, tokenId);
  const providerUrl = parseProviderUrl(input.providerUrl, settings().PROVIDER_ALLOWLIST);
  assertSettings(input.providerType, input);
  const access = { ...input, providerUrl, targetId: checkTarget(input) };
  if (await isTaken(db, tokenId, providerUrl)) throw taken(providerUrl);
  // Not in a transaction, since a provider may take ten seconds.
  const checked = await asProviderCall({ actor, organizationId: organization.id }, () => checkAccess(access));
  return store(actor, tokenId, access, checked);
}

function store(actor: Actor, tokenId: string, access: ProviderCredential & RunnerSettings, checked: CheckResult) {
  return mutateToken(actor, tokenId, async (tx, { scope, organization }) => {
    const token = await lockAccessToken(tx, scope, tokenId);
    const row = { id: newId("vca"), organizationId: organization.id };
    const { token: credential, acceptPersonalToken, ...target } = access;
    const [added] = await tx
      .insert(versionControlAccesses)
      .values({
        ...row,
        ...target,
        accessTokenId: tokenId,
        sealedToken: await seal(tx, credentialSealedAt(row), credential),
        tokenSuffix: suffixOf(credential),
        acceptsPersonalToken: acceptPersonalToken,
        ...checked,
      })
      .onConflictDoNothing()
      .returning(accessColumns);
    if (!added) throw taken(access.providerUrl);
    return {
      result: accessOf(added),
      event: {
        action: "version_control_access.added" as const,
        subject: token,
        detail: {
          provider_url: target.providerUrl,
          token_scope: target.tokenScope,
          target_id: target.targetId,
          ...settingsDetail(target),
        },
      },
    };
  });
}

/** The last four characters, to tell two credentials apart; none of a short credential. */
export function suffixOf(credential: string): string {
  return credential.length >= 16 ? credential.slice(-4) : "";
}

async function isTaken(executor: Executor, tokenId: string, providerUrl: string): Promise<boolean> {
  const [found] = await executor
    .select({ id: versionControlAccesses.id })
    .from(versionControlAccesses)
    .where(
      and(
        eq(versionControlAccesses.accessTokenId, tokenId),
        eq(versionControlAccesses.providerUrl, providerUrl),
        isNull(versionControlAccesses.removedAt),
      ),
    );
  return found !== undefined;
}

function taken(providerUrl: string): DomainError {
  const message = `This access token already has an access for ${providerUrl}. Replace its token, or remove it first.`;
  return new DomainError("conflict", message, { errors: [{ field: "providerUrl", message }] });
}
