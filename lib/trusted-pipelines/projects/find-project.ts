import { and, eq, isNull } from "drizzle-orm";
import { z } from "zod";
import { db } from "@/db/client";
import { providerTypes } from "@/db/enums";
import { versionControlAccesses } from "@/db/schema";
import { findTrustingToken } from "@/lib/access-tokens/find";
import type { Actor } from "@/lib/auth/actor";
import { settings } from "@/lib/env";
import { DomainError, type ErrorCode } from "@/lib/errors";
import { asProviderCall } from "@/lib/limits/provider-calls";
import { parseProviderUrl } from "@/lib/version-control/provider-url";
import { type Account, assertProjectPath } from "@/lib/version-control/providers/provider-check-input";
import { refused } from "@/lib/version-control/providers/provider-errors";
import { unsealAccess } from "@/lib/version-control/unseal-access";
import { findGithubProject } from "./github-project";
import { findGitlabProject } from "./gitlab-project";
import type { Project } from "./project";

export const findProjectInput = z.object({
  providerType: z.enum(providerTypes),
  providerUrl: z.string(),
  project: z.string().trim(),
});

type Input = z.output<typeof findProjectInput>;

/** Refusals of the account. Another one, or none, may still see the project. */
const ofAccount: ErrorCode[] = ["credential_rejected", "missing_scope", "missing_role", "target_not_found"];

/**
 * Looks the project up at its provider: with the token's version control access for that URL, and without a credential
 * if there is none or it may not see the project. Throws `people_only`, `invalid` on a field, `rate_limited` before the
 * provider is called, and the provider's refusals in words that say what to do.
 */
export async function findProject(actor: Actor, tokenId: string, input: Input): Promise<Project> {
  const { organization } = await findTrustingToken(db, actor, tokenId);
  const providerUrl = parseProviderUrl(input.providerUrl, settings().PROVIDER_ALLOWLIST);
  assertProjectPath(input.providerType, input.project);
  const access = await findAccess(tokenId, providerUrl, input.providerType);
  return asProviderCall({ actor, organizationId: organization.id }, async () => {
    if (access) {
      const { token } = await unsealAccess(db, access, actor);
      const found = await unlessRefused(() => lookUp({ providerUrl, token }, input));
      if (found) return found;
    }
    const found = await unlessRefused(() => lookUp({ providerUrl }, input));
    if (found) return found;
    throw refused(
      "target_not_found",
      access
        ? "The project was not found, or the token’s version control access may not see it."
        : "The project was not found, or is not public. With a version control access for this provider it can be looked up.",
    );
  });
}

function lookUp(account: Account, { providerType, project }: Input): Promise<Project> {
  return providerType === "gitlab" ? findGitlabProject(account, project) : findGithubProject(account, project);
}

/** Undefined if the account is refused. */
async function unlessRefused(work: () => Promise<Project>): Promise<Project | undefined> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof DomainError && ofAccount.includes(error.code)) return undefined;
    throw error;
  }
}

async function findAccess(tokenId: string, providerUrl: string, providerType: Input["providerType"]) {
  const [access] = await db
    .select()
    .from(versionControlAccesses)
    .where(
      and(
        eq(versionControlAccesses.accessTokenId, tokenId),
        eq(versionControlAccesses.providerUrl, providerUrl),
        eq(versionControlAccesses.providerType, providerType),
        isNull(versionControlAccesses.removedAt),
      ),
    );
  return access;
}
