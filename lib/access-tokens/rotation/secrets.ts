import { and, eq, getTableColumns, isNull, not, type SQL, sql } from "drizzle-orm";
import type { Tx } from "@/db/client";
import { accessTokenSecrets } from "@/db/schema";
import type { Actor } from "@/lib/auth/actor";
import { DomainError, unauthenticated } from "@/lib/errors";

export type StoredSecret = typeof accessTokenSecrets.$inferSelect & { hasEnded: boolean };
/**
 * `current` is undefined if the secret was deleted. `previous`, the one before it, is undefined if its end is in the audit
 * log, or if there never was one.
 */
export type Secrets = { current: StoredSecret | undefined; previous: StoredSecret | undefined };

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
  if (current && previous && !previous.hasEnded) return { current, old: previous };
  const has = current ? "only one secret" : "no secret";
  throw new DomainError("conflict", `No rotation of this access token is pending: it has ${has}.`);
}

type End = Pick<typeof accessTokenSecrets.$inferInsert, "endsBy" | "isRetired"> & {
  endsAt: Date | SQL | null;
  lastUsedAt?: SQL;
};

/** The last use of the token by any secret of its own. */
export const lastUseBySecret = sql`case when access_tokens.pipelines_last_used_at is null
  then access_tokens.last_used_at else access_tokens.secret_last_used_at end`;

/**
 * The last use of a secret that was the only one: the token's by secrets, if that is later than those of the secrets
 * before it.
 */
export const lastUseOfSingle = sql`(
  select case
    when ${accessTokenSecrets}.replaces is not null and ${accessTokenSecrets}.first_used_at is null then null
    when ${lastUseBySecret} > coalesce(max(other.last_used_at), '-infinity') then ${lastUseBySecret}
    else ${accessTokenSecrets}.last_used_at end
  from access_tokens left join access_token_secrets as other
    on other.access_token_id = access_tokens.id and other.hash <> ${accessTokenSecrets}.hash
      and other.trusted_pipeline_id is null
  where access_tokens.id = ${accessTokenSecrets}.access_token_id
  group by access_tokens.id
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

/** Ends a secret now, or keeps the end that has passed and is not in the audit log yet. */
export function endedByNow({ endsAt, endsBy, hasEnded }: StoredSecret): End {
  return hasEnded ? { endsAt, endsBy, isRetired: true } : endedByHand;
}
