import { and, eq, isNull } from "drizzle-orm";
import { db, type Tx } from "@/db/client";
import { newId } from "@/db/ids";
import { runners, versionControlAccesses } from "@/db/schema";
import { lockAccessToken, mutateOwnToken } from "@/lib/access-tokens/find";
import type { TechnicalUser } from "@/lib/auth/actor";
import { DomainError, notFound } from "@/lib/errors";
import { type RunnerTags, tagsOfRunner } from "@/lib/version-control/providers/runner-settings";

export type StoredAccess = typeof versionControlAccesses.$inferSelect;

const mostRunners = 100;

/**
 * Records that a runner is about to be requested, with the token's access for the URL and the resulting tags. Throws
 * `not_found` without such an access, `invalid` on `tags`, `rate_limited` if the token has too many runners.
 */
export function recordAsked(
  actor: TechnicalUser,
  { providerUrl, tags }: { providerUrl: string; tags: string[] },
): Promise<{ id: string; access: StoredAccess; runnerTags: RunnerTags }> {
  return mutateOwnToken(actor, async (tx, { scope, organization }) => {
    const { id: accessTokenId } = await lockAccessToken(tx, scope, actor.accessTokenId);
    const access = await lockAccess(tx, accessTokenId, providerUrl);
    const runnerTags = tagsOfRunner(access, tags);
    if ((await tx.$count(runners, eq(runners.accessTokenId, accessTokenId))) >= mostRunners) throw tooMany();
    const id = newId("run");
    const owner = { organizationId: organization.id, accessId: access.id, accessTokenId };
    await tx.insert(runners).values({ id, ...owner, state: "registering", tags: runnerTags.tags });
    return { result: { id, access, runnerTags } };
  });
}

/** The token's current access for the URL. Throws `not_found`. */
export async function findAccessFor(accessTokenId: string, providerUrl: string): Promise<StoredAccess> {
  const [access] = await db.select().from(versionControlAccesses).where(accessFor(accessTokenId, providerUrl));
  if (!access) throw noAccess();
  return access;
}

/** A concurrent removal updates the access: it commits first and is seen here, or waits and sees the runner. */
async function lockAccess(tx: Tx, accessTokenId: string, providerUrl: string): Promise<StoredAccess> {
  const condition = accessFor(accessTokenId, providerUrl);
  const [access] = await tx.select().from(versionControlAccesses).where(condition).for("share");
  if (!access) throw noAccess();
  return access;
}

function accessFor(accessTokenId: string, providerUrl: string) {
  return and(
    eq(versionControlAccesses.accessTokenId, accessTokenId),
    eq(versionControlAccesses.providerUrl, providerUrl),
    isNull(versionControlAccesses.removedAt),
  );
}

function noAccess(): DomainError {
  return notFound("A version control access for this provider URL");
}

function tooMany(): DomainError {
  const message = `This access token has ${mostRunners} runners that are not unregistered yet, which is the most. Unregister some, or try again later.`;
  return new DomainError("rate_limited", message, { retryAfter: 60 });
}
