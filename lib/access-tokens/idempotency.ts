import { hash } from "node:crypto";
import { and, eq, lt, sql } from "drizzle-orm";
import type { Tx } from "@/db/client";
import { idempotencyKeys } from "@/db/schema";
import type { Actor } from "@/lib/auth/actor";
import type { Rights } from "@/lib/auth/authorize";
import { DomainError } from "@/lib/errors";

type Claim = { key: string; request: unknown; id: string };

/** `secretHash` is that of the secret that a rotation noted at the key. */
type Claimed = { accessTokenId: string; secretHash: Buffer | null };

/**
 * Claims the key for the token `id`; waits for a concurrent transaction with the same key. Returns what the key was claimed
 * for before, or undefined. Throws `conflict` if that request differed. Keys are kept for a day.
 */
export async function claim(
  tx: Tx,
  actor: Actor,
  access: Rights,
  { key, request, id }: Claim,
): Promise<Claimed | undefined> {
  const mine = eq(idempotencyKeys.userId, actor.userId);
  const fingerprint = hash("sha256", JSON.stringify(request), "buffer");
  await tx.delete(idempotencyKeys).where(and(mine, lt(idempotencyKeys.createdAt, sql`now() - interval '1 day'`)));
  const organizationId = access.organization.id;
  const claimed = await tx
    .insert(idempotencyKeys)
    .values({ organizationId, userId: actor.userId, key, fingerprint, accessTokenId: id })
    .onConflictDoNothing()
    .returning({ key: idempotencyKeys.key });
  if (claimed.length > 0) return undefined;

  const [earlier] = await tx
    .select()
    .from(idempotencyKeys)
    .where(and(mine, eq(idempotencyKeys.key, key)));
  if (!earlier?.fingerprint.equals(fingerprint)) {
    throw new DomainError("conflict", "This request has already been made with other content. Start again.");
  }
  return earlier;
}

/** Notes the stored secret that a rotation with this key has made. */
export async function noteSecret(tx: Tx, actor: Actor, key: string, secretHash: Buffer): Promise<void> {
  await tx
    .update(idempotencyKeys)
    .set({ secretHash })
    .where(and(eq(idempotencyKeys.userId, actor.userId), eq(idempotencyKeys.key, key)));
}
