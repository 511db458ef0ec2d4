import { and, eq, getTableColumns, isNull } from "drizzle-orm";
import { db, type Tx } from "@/db/client";
import { givenId } from "@/db/ids";
import { revisionOf } from "@/db/revision";
import { versionControlAccesses } from "@/db/schema";
import { findManagedToken } from "@/lib/access-tokens/find";
import type { Actor } from "@/lib/auth/actor";
import { type DomainError, type ExpectedRevisions, notFound } from "@/lib/errors";
import { assertAccessRevision } from "./access";

/** The access's row, if the actor may change it. Throws `not_found`, `forbidden` and `precondition_failed`. */
export async function findAccess(actor: Actor, tokenId: string, accessId: string, expected: ExpectedRevisions) {
  await findManagedToken(db, actor, tokenId);
  const columns = { ...getTableColumns(versionControlAccesses), revision: revisionOf(versionControlAccesses) };
  const [row] = await db.select(columns).from(versionControlAccesses).where(ownAccess(tokenId, accessId));
  if (!row) throw noAccess();
  assertAccessRevision(row, expected);
  return row;
}

/** Call it only with the token locked: every change or removal of an access locks the token. */
export async function requireAccessRevision(
  tx: Tx,
  tokenId: string,
  accessId: string,
  expected: ExpectedRevisions,
): Promise<void> {
  if (!expected) return;
  const [row] = await tx
    .select({ revision: revisionOf(versionControlAccesses) })
    .from(versionControlAccesses)
    .where(ownAccess(tokenId, accessId));
  if (!row) throw noAccess();
  assertAccessRevision(row, expected);
}

export function noAccess(): DomainError {
  return notFound("This version control access");
}

/** Matches an access of this token that isn't removed. */
export function ownAccess(tokenId: string, accessId: string) {
  return and(
    eq(versionControlAccesses.id, givenId(accessId)),
    eq(versionControlAccesses.accessTokenId, tokenId),
    isNull(versionControlAccesses.removedAt),
  );
}
