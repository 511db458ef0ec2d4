import { and, gt, inArray, isNull, or, sql } from "drizzle-orm";
import { db } from "@/db/client";
import { accessTokenSecrets, accessTokens } from "@/db/schema";
import { type LaterEvent, type Left, ranks } from "./later-event";

/** What became of a token after the backup. Suffixes are those of secrets that ended, leaked or were discarded. */
type Fate = {
  deleted?: LaterEvent | undefined;
  revoked?: LaterEvent | undefined;
  leaked: Map<string, LaterEvent>;
  ended: Map<string, LaterEvent>;
  expiration?: { at: Date; event: LaterEvent };
};

/** Tokens of the restored database that were deleted, revoked, rotated, or given an earlier expiration since. */
export async function tokensLeft(events: readonly LaterEvent[]): Promise<Left[]> {
  const fates = new Map<string, Fate>();
  for (const event of events) {
    if (!event.action.startsWith("access_token.")) continue;
    const fate = fates.get(event.subjectId) ?? { leaked: new Map(), ended: new Map() };
    fates.set(event.subjectId, fate);
    follow(fate, event);
  }
  const ids = [...fates.keys()];
  const left: Left[] = [];
  for (let from = 0; from < ids.length; from += 1000) {
    for (const token of await findTokens(ids.slice(from, from + 1000))) {
      const fate = fates.get(token.id);
      if (fate) left.push(...leftOf(token, fate));
    }
  }
  return left;
}

function follow(fate: Fate, event: LaterEvent): void {
  const { action, detail } = event;
  const end = (suffix: string | null | undefined) => suffix && fate.ended.set(suffix, event);
  if (action === "access_token.deleted") fate.deleted = event;
  if (action === "access_token.revoked") fate.revoked = event;
  if (action === "access_token.reactivated") fate.revoked = undefined;
  if (action === "access_token.leaked") {
    for (const suffix of detail.token_suffix?.match(/\w{4}/g) ?? []) fate.leaked.set(suffix, event);
  }
  if (action === "access_token.rotated") {
    // A rotation makes a token that leaked active again.
    if (detail.leaked_at) fate.revoked = undefined;
    end(detail.old_token_suffix);
    end(detail.discarded_token_suffix);
    if (detail.expires_at) fate.expiration = { at: new Date(detail.expires_at), event };
  }
  if (action === "access_token.rotation_cancelled") {
    fate.ended.delete(detail.token_suffix ?? "");
    end(detail.discarded_token_suffix);
  }
  if (action === "access_token.secret_retired" || action === "access_token.secret_deleted") end(detail.token_suffix);
}

type Found = Awaited<ReturnType<typeof findTokens>>[number];

async function findTokens(ids: string[]) {
  const tokens = await db
    .select({
      id: accessTokens.id,
      name: accessTokens.name,
      isRevoked: sql<boolean>`${accessTokens.revokedAt} is not null`,
      isLeaked: sql<boolean>`${accessTokens.leakedAt} is not null`,
      isExpired: sql<boolean>`${accessTokens.expiresAt} <= now()`,
      expiresAt: accessTokens.expiresAt,
    })
    .from(accessTokens)
    .where(inArray(accessTokens.id, ids));
  const secrets = await db
    .select({ tokenId: accessTokenSecrets.accessTokenId, suffix: accessTokenSecrets.suffix })
    .from(accessTokenSecrets)
    .where(
      and(
        inArray(accessTokenSecrets.accessTokenId, ids),
        isNull(accessTokenSecrets.trustedPipelineId),
        or(isNull(accessTokenSecrets.endsAt), gt(accessTokenSecrets.endsAt, sql`now()`)),
      ),
    );
  const suffixes = Map.groupBy(secrets, ({ tokenId }) => tokenId);
  return tokens.map((token) => ({ ...token, suffixes: suffixes.get(token.id)?.map(({ suffix }) => suffix) ?? [] }));
}

function leftOf(token: Found, { deleted, revoked, leaked, ended, expiration }: Fate): Left[] {
  const named = `the access token “${token.name}” (${token.id})`;
  const page = `/access-tokens/${token.id}`;
  if (deleted) return [{ rank: ranks.deletedToken, what: `Delete ${named}`, event: deleted, page }];
  if (token.isExpired) return [];
  const [suffix = ""] = token.suffixes.filter((one) => leaked.has(one));
  const event = leaked.get(suffix);
  // A token that is only revoked can be reactivated, and its leaked secret with it.
  if (event && !token.isLeaked) {
    const what = token.isRevoked
      ? `Delete ${named}, whose secret …${suffix} leaked and would be good again once it is reactivated`
      : `Rotate ${named}, whose secret …${suffix} leaked, and end that now`;
    return [{ rank: ranks.leakedToken, what, event, page }];
  }
  const good = token.suffixes.filter((one) => ended.has(one));
  const [over] = good.filter((one) => isOver(ended.get(one)));
  const ending = over && ended.get(over);
  if (token.isRevoked && ending) {
    const what = `Delete ${named}, whose ended secret …${over} would be good again once it is reactivated`;
    return [{ rank: ranks.endedSecret, what, event: ending, page }];
  }
  if (token.isRevoked) return [];
  if (revoked) {
    const what = over ? `Rotate ${named}, end its old secret …${over} now, and then revoke it` : `Revoke ${named}`;
    return [{ rank: ranks.revokedToken, what, event: revoked, page }];
  }
  const left: Left[] = good.flatMap((one) => {
    const event = ended.get(one);
    const what = `Rotate ${named}, and end its old secret …${one} now`;
    return event ? [{ rank: ranks.endedSecret, what, event, page }] : [];
  });
  if (expiration && expiration.at < token.expiresAt) {
    const what = `Rotate ${named} to let it expire at ${expiration.at.toISOString()}, or revoke it`;
    left.push({ rank: ranks.expiration, what, event: expiration.event, page });
  }
  return left;
}

/** An old secret of a rotation may not have reached its end yet. */
function isOver(event: LaterEvent | undefined): boolean {
  return event !== undefined && (event.action !== "access_token.rotated" || event.detail.old_secret_ends === "now");
}
