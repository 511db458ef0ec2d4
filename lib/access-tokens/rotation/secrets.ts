import { and, eq, getTableColumns, isNull, not, type SQL, sql } from "drizzle-orm";
import type { Tx } from "@/db/client";
import { accessTokenSecrets } from "@/db/schema";
import type { Actor } from "@/lib/auth/actor";
import { DomainError, unauthenticated } from "@/lib/errors";

export type StoredSecret = typeof accessTokenSecrets.$inferSelect & { hasEnded: boolean };
/** The secret that was current before is undefined if its end is in the audit log, or if there never was one. */
export type Secrets = { current: StoredSecret; previous: StoredSecret | undefined };

/** Not the transaction's start: it may have waited for the token. */
export const clock = sql`statement_timestamp()`;

/**
 * The token's secrets. Call it only after the token was locked, in a statement of its own: the locking one may have read
 * the secrets before it waited. Throws `unauthenticated` if the actor's own secret has ended since the request began:
 * a request that was kept waiting must not get a new secret for it.
 */
export async function readSecrets(tx: Tx, actor: Actor, tokenId: string): Promise<Secrets> {
  const secrets = await tx
    .select({
      ...getTableColumns(accessTokenSecrets),
      hasEnded: sql<boolean>`coalesce(${accessTokenSecrets.endsAt} <= ${clock}, false)`,
    })
    .from(accessTokenSecrets)
    .where(
      and(
        eq(accessTokenSecrets.accessTokenId, tokenId),
        isNull(accessTokenSecrets.trustedPipelineId),
        not(accessTokenSecrets.isRetired),
      ),
    );
  const current = secrets.find(({ endsAt }) => !endsAt);
  if (!current) throw new Error("the access token has no current secret");
  assertOwnIsGood(actor, secrets);
  return { current, previous: secrets.find(({ endsAt }) => endsAt) };
}

function assertOwnIsGood(actor: Actor, secrets: StoredSecret[]): void {
  const own = actor.kind === "technical" && actor.secretHash;
  if (own && !secrets.some(({ hash, hasEnded }) => hash.equals(own) && !hasEnded)) throw unauthenticated();
}

/** The secrets of a token whose rotation is pending. Throws `conflict` if none is, and what readSecrets throws. */
export async function readPending(
  tx: Tx,
  actor: Actor,
  tokenId: string,
): Promise<{ current: StoredSecret; old: StoredSecret }> {
  const { current, previous } = await readSecrets(tx, actor, tokenId);
  if (previous && !previous.hasEnded) return { current, old: previous };
  throw new DomainError("conflict", "No rotation of this access token is pending: it has only one secret.");
}

type End = Pick<typeof accessTokenSecrets.$inferInsert, "endsBy" | "isRetired"> & {
  endsAt: Date | SQL | null;
  lastUsedAt?: SQL;
};

/** The last use of a secret that was the only one: the token's, if that is later than those of the secrets before it. */
export const lastUseOfSingle = sql`(
  select case when token.last_used_at > coalesce(max(other.last_used_at), '-infinity') then token.last_used_at
    else ${accessTokenSecrets}.last_used_at end
  from access_tokens as token left join access_token_secrets as other
    on other.access_token_id = token.id and other.hash <> ${accessTokenSecrets}.hash
  where token.id = ${accessTokenSecrets}.access_token_id
  group by token.id
)`;

export async function setEnd(tx: Tx, { hash }: StoredSecret, end: End) {
  const { suffix, endsAt, endsBy } = accessTokenSecrets;
  const [ended] = await tx
    .update(accessTokenSecrets)
    .set(end)
    .where(eq(accessTokenSecrets.hash, hash))
    .returning({ suffix, endsAt, endsBy });
  if (!ended) throw new Error("the secret is gone");
  return ended;
}

export const endedByHand = { endsAt: clock, endsBy: "hand", isRetired: true } as const;
