import { createHash } from "node:crypto";
import { and, eq, lt, sql } from "drizzle-orm";
import type { Tx } from "@/db/client";
import { idempotencyKeys } from "@/db/schema";
import type { Actor } from "@/lib/auth/actor";
import type { Rights } from "@/lib/auth/authorize";
import { DomainError } from "@/lib/errors";

type Claim = { key: string; request: unknown; id: string };

/**
 * Claims the key for the token `id`; waits for a concurrent transaction with the same key. Returns the id of the token
 * that the key created before, or undefined. Throws `conflict` if that request differed. Keys are kept for a day.
 */
export async function claim(
  tx: Tx,
  actor: Actor,
  access: Rights,
  { key, request, id }: Claim,
): Promise<string | undefined> {
  const mine = eq(idempotencyKeys.userId, actor.userId);
  const fingerprint = createHash("sha256").update(JSON.stringify(request)).digest();
  await tx.delete(idempotencyKeys).where(and(mine, lt(idempotencyKeys.createdAt, sql`now() - interval '1 day'`)));
  const claimed = await tx
    .insert(idempotencyKeys)
    .values({ organizationId: access.organization.id, userId: actor.userId, key, fingerprint, accessTokenId: id })
    .onConflictDoNothing()
    .returning({ key: idempotencyKeys.key });
  if (claimed.length > 0) return undefined;

  const [earlier] = await tx
    .select()
    .from(idempotencyKeys)
    .where(and(mine, eq(idempotencyKeys.key, key)));
  if (!earlier?.fingerprint.equals(fingerprint)) {
    throw new DomainError("conflict", "This request has already created another access token. Start again.");
  }
  return earlier.accessTokenId;
}
