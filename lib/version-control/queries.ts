import { and, asc, desc, eq, isNull } from "drizzle-orm";
import { db } from "@/db/client";
import { runners, versionControlAccesses } from "@/db/schema";
import { getAccessToken } from "@/lib/access-tokens/queries";
import type { Actor } from "@/lib/auth/actor";
import { notFound } from "@/lib/errors";
import { accessColumns, accessOf, type VersionControlAccess } from "./access";

/** The token's accesses. Throws `not_found` if the actor may not see the token; a token may read its own. */
export async function listAccesses(actor: Actor, tokenId: string): Promise<VersionControlAccess[]> {
  await getAccessToken(actor, tokenId);
  const rows = await db
    .select(accessColumns)
    .from(versionControlAccesses)
    .where(and(eq(versionControlAccesses.accessTokenId, tokenId), isNull(versionControlAccesses.removedAt)))
    .orderBy(asc(versionControlAccesses.providerUrl));
  return rows.map(accessOf);
}

/** Throws `not_found`. */
export async function getAccess(actor: Actor, tokenId: string, accessId: string): Promise<VersionControlAccess> {
  const access = (await listAccesses(actor, tokenId)).find(({ id }) => id === accessId);
  if (!access) throw notFound("This version control access");
  return access;
}

export type Runner = Awaited<ReturnType<typeof selectRunners>>[number];

/** The token's latest runners that are registered, being registered or being unregistered. */
export async function listRunners(actor: Actor, tokenId: string): Promise<Runner[]> {
  await getAccessToken(actor, tokenId);
  return selectRunners(tokenId);
}

/** The access's runners. A removed access has them until the last one is gone; then it is `not_found`. */
export async function listAccessRunners(actor: Actor, tokenId: string, accessId: string): Promise<Runner[]> {
  await getAccessToken(actor, tokenId);
  const found = await selectRunners(tokenId, accessId);
  if (found.length === 0) await getAccess(actor, tokenId, accessId);
  return found;
}

const mostRunners = 100;

function selectRunners(tokenId: string, accessId?: string) {
  return db
    .select({
      id: runners.id,
      accessId: runners.accessId,
      providerType: versionControlAccesses.providerType,
      providerUrl: versionControlAccesses.providerUrl,
      state: runners.state,
      tags: runners.tags,
      lastError: runners.lastError,
      createdAt: runners.createdAt,
      expiresAt: runners.expiresAt,
    })
    .from(runners)
    .innerJoin(versionControlAccesses, eq(versionControlAccesses.id, runners.accessId))
    .where(and(eq(runners.accessTokenId, tokenId), accessId === undefined ? undefined : eq(runners.accessId, accessId)))
    .orderBy(desc(runners.createdAt))
    .limit(mostRunners);
}
