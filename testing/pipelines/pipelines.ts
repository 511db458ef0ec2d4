import { sql } from "drizzle-orm";
import { db } from "@/db/client";
import { newId } from "@/db/ids";
import { accessTokenSecrets, trustedPipelines } from "@/db/schema";
import type { AccessToken } from "@/lib/access-tokens/access-token";
import { generateSecret, hashSecret } from "@/lib/access-tokens/secret";
import type { Actor } from "@/lib/auth/actor";
import { addTrustedPipeline } from "@/lib/trusted-pipelines/add";
import {
  type AddTrustedPipeline,
  addTrustedPipelineInput,
  type TrustedPipeline,
} from "@/lib/trusted-pipelines/trusted-pipeline";
import { githubClaims, gitlabClaims } from "@/testing/stand-ins/pipeline-issuer";

const usual: AddTrustedPipeline = {
  providerType: "gitlab",
  providerUrl: "https://gitlab.com",
  projectId: "123",
  project: "test/test-project",
  ref: "refs/heads/main",
};

/** A command's input for jobs of GitLab's project 123 on its branch `main`. */
export function pipelineInput(differs: Partial<AddTrustedPipeline> = {}) {
  return addTrustedPipelineInput.parse({ ...usual, ...differs });
}

export const githubPipeline = {
  providerType: "github",
  providerUrl: "https://github.com",
  projectId: "1296269",
  ownerId: "9919",
  project: "octo-org/octo-repo",
} as const;

export function addPipeline(
  actor: Actor,
  tokenId: string,
  differs: Partial<AddTrustedPipeline> = {},
): Promise<TrustedPipeline> {
  return addTrustedPipeline(actor, tokenId, pipelineInput(differs));
}

type Trust = typeof trustedPipelines.$inferInsert;
type Trusting = Pick<AccessToken, "id" | "organizationId" | "createdBy">;

/** Lets the token trust the branch `main` of the issuer's usual project, without the command; returns the row. */
export async function trustPipeline(
  { id: accessTokenId, organizationId, createdBy }: Trusting,
  differs: Partial<Trust> = {},
) {
  const isGitlab = differs.providerType !== "github";
  const providerUrl = isGitlab ? "https://gitlab.example.com" : "https://github.com";
  const row = {
    organizationId,
    accessTokenId,
    providerType: isGitlab ? "gitlab" : "github",
    providerUrl,
    issuer: isGitlab ? providerUrl : "https://token.actions.githubusercontent.com",
    projectId: isGitlab ? gitlabClaims.project_id : githubClaims.repository_id,
    ownerId: isGitlab ? null : githubClaims.repository_owner_id,
    project: gitlabClaims.project_path,
    ref: "refs/heads/main",
    protectedOnly: isGitlab,
    lifetimeMinutes: 15,
    createdById: createdBy.id,
    ...differs,
    id: differs.id ?? newId("tpl"),
  } satisfies Trust;
  await db.insert(trustedPipelines).values(row);
  return row;
}

/** A pipeline secret of the token by this trust, as an exchange makes it. */
export async function pipelineSecret(
  { id: accessTokenId, organizationId, createdBy }: Trusting,
  trust: { id: string },
): Promise<string> {
  const secret = generateSecret("group");
  await db.insert(accessTokenSecrets).values({
    hash: hashSecret(secret),
    organizationId,
    accessTokenId,
    suffix: secret.slice(-4),
    createdById: createdBy.id,
    endsAt: sql`now() + interval '15 minutes'`,
    endsBy: "lifetime",
    trustedPipelineId: trust.id,
    job: { project: gitlabClaims.project_path, ref: "main" },
  });
  return secret;
}
