import { eq } from "drizzle-orm";
import { z } from "zod";
import type { Executor } from "@/db/client";
import { type ProviderType, providerTypes } from "@/db/enums";
import { trustedPipelines, users } from "@/db/schema";
import { invalid } from "@/lib/errors";
import { assertProjectPath } from "@/lib/version-control/providers/provider-check-input";
import { lifetimes } from "./limits";
import { publicKeys } from "./public-keys";

/** Jobs of one project that may exchange their ID token for a secret of the access token. */
export type TrustedPipeline = {
  id: string;
  providerType: ProviderType;
  providerUrl: string;
  issuer: string;
  projectId: string;
  /** GitHub only. */
  ownerId: string | null;
  /** The path as it was entered, for people. Never compared. */
  project: string;
  ref: string | null;
  environment: string | null;
  protectedOnly: boolean;
  mergeRequests: boolean;
  lifetimeMinutes: number;
  publicKeys: { keys: Record<string, unknown>[] } | null;
  createdBy: { id: string; name: string };
  createdAt: Date;
  lastUsedAt: Date | null;
};

const number = /^[1-9]\d{0,17}$/;
const missingId = "Enter the ID, which is a number.";
const idText = z.string({ error: missingId }).trim().regex(number, missingId);
const refText = z
  .string({ error: "Enter a branch or a tag." })
  .max(255, { error: "Use at most 255 characters.", abort: true })
  .regex(/^refs\/(?:heads|tags)\/./, {
    error: "Give a branch as refs/heads/main or a tag as refs/tags/v1, with at most one *.",
    abort: true,
  })
  .refine((ref) => ref.split("*").length <= 2, { error: "Use at most one *.", abort: true })
  .refine(isRefName, "This is not the name of a branch or a tag: check it for spaces and signs.");
const environmentText = z
  .string({ error: "Enter the name of an environment." })
  .trim()
  .min(1, { error: "Enter the name of an environment.", abort: true })
  .max(255, { error: "Use at most 255 characters.", abort: true })
  .regex(/^[^\p{C}\p{Zl}\p{Zp}]+$/u, "The name contains an invisible or line-breaking character. Type it anew.");
const yesOrNo = z.boolean({ error: "Say true or false." });
const lifetimeError = `Enter ${lifetimes.least} to ${lifetimes.most} minutes.`;

/** Checks across fields are made by the command (`assertConsistent`). */
export const addTrustedPipelineInput = z.strictObject({
  providerType: z.enum(providerTypes, { error: "Choose GitLab or GitHub." }),
  providerUrl: z.string({ error: "Enter the provider’s URL." }).min(1, "Enter the provider’s URL."),
  projectId: idText,
  ownerId: idText.nullable().default(null),
  project: z.string({ error: "Enter the project." }).trim().min(1, "Enter the project."),
  ref: refText.nullable().default(null),
  environment: environmentText.nullable().default(null),
  protectedOnly: yesOrNo.optional(),
  mergeRequests: yesOrNo.default(false),
  lifetimeMinutes: z
    .int({ error: lifetimeError })
    .min(lifetimes.least, lifetimeError)
    .max(lifetimes.most, lifetimeError)
    .default(lifetimes.usual),
  publicKeys: publicKeys.nullable().default(null),
});

export type AddTrustedPipeline = z.input<typeof addTrustedPipelineInput>;

/** git's check-ref-format, with a `*` in the place of any name. */
function isRefName(ref: string): boolean {
  if (/[\p{C}\p{Z}~^:?[\\]|\.\.|@\{|\/\//u.test(ref)) return false;
  return ref.split("/").every((part) => part !== "" && !/^\.|\.$|\.lock$/.test(part));
}

/** Throws `invalid` on a field that does not fit the others. */
export function assertConsistent(input: z.output<typeof addTrustedPipelineInput>): void {
  const { providerType, project, ownerId, ref, environment, protectedOnly } = input;
  const isGithub = providerType === "github";
  assertProjectPath(providerType, project);
  if (isGithub && ownerId === null) throw invalid("ownerId", missingId);
  if (!isGithub && ownerId !== null) throw invalid("ownerId", "Only GitHub’s ID tokens name an owner. Leave this out.");
  if (ref === null && environment === null) throw invalid("ref", "Enter a branch or a tag, or an environment.");
  if (isGithub && protectedOnly) {
    throw invalid("protectedOnly", "This is for GitLab. At GitHub, trust an environment with deployment branches.");
  }
}

const ofGithubCom = "https://token.actions.githubusercontent.com";
const namesOfGithubCom = ["github.com", "www.github.com", "api.github.com"];

/** The `iss` of the ID tokens of the provider's jobs. `providerUrl` is normalized. */
export function issuerOf(providerType: ProviderType, providerUrl: string): string {
  if (providerType === "gitlab") return providerUrl;
  const { host } = new URL(providerUrl);
  if (namesOfGithubCom.includes(host)) return ofGithubCom;
  if (host.endsWith(".ghe.com")) return `https://token.actions.${host.replace(/^api\./, "")}`;
  return `${providerUrl}/_services/token`;
}

/** A trusted pipeline as an event's detail. */
export function pipelineDetail(pipeline: TrustedPipeline): Record<string, string | null> {
  const { id, providerType, providerUrl, project, projectId, ownerId, ref, environment } = pipeline;
  const isGitlab = providerType === "gitlab";
  return {
    trusted_pipeline: id,
    provider_url: providerUrl,
    project,
    project_id: projectId,
    owner_id: ownerId,
    ref,
    environment,
    protected_only: isGitlab ? (pipeline.protectedOnly ? "yes" : "no") : null,
    merge_requests: pipeline.mergeRequests ? "yes" : "no",
    lifetime_minutes: String(pipeline.lifetimeMinutes),
    public_keys: pipeline.publicKeys && String(pipeline.publicKeys.keys.length),
  };
}

/** The token's trusted pipelines, oldest first. */
export async function selectPipelines(executor: Executor, tokenId: string): Promise<TrustedPipeline[]> {
  return executor
    .select({
      id: trustedPipelines.id,
      providerType: trustedPipelines.providerType,
      providerUrl: trustedPipelines.providerUrl,
      issuer: trustedPipelines.issuer,
      projectId: trustedPipelines.projectId,
      ownerId: trustedPipelines.ownerId,
      project: trustedPipelines.project,
      ref: trustedPipelines.ref,
      environment: trustedPipelines.environment,
      protectedOnly: trustedPipelines.protectedOnly,
      mergeRequests: trustedPipelines.mergeRequests,
      lifetimeMinutes: trustedPipelines.lifetimeMinutes,
      publicKeys: trustedPipelines.publicKeys,
      createdBy: { id: users.id, name: users.name },
      createdAt: trustedPipelines.createdAt,
      lastUsedAt: trustedPipelines.lastUsedAt,
    })
    .from(trustedPipelines)
    .innerJoin(users, eq(users.id, trustedPipelines.createdById))
    .where(eq(trustedPipelines.accessTokenId, tokenId))
    .orderBy(trustedPipelines.createdAt, trustedPipelines.id);
}
