import { and, gt, inArray, sql } from "drizzle-orm";
import type { Tx } from "@/db/client";
import { revisionOf } from "@/db/revision";
import { accessTokens, memberships } from "@/db/schema";
import type { AuditEvent } from "@/lib/audit/record";
import type { Actor } from "@/lib/auth/actor";
import type { Scope } from "@/lib/auth/scope";
import { DomainError, forbidden } from "@/lib/errors";
import { mutate } from "@/lib/mutate";
import { releaseAccesses, wakeRunnerJobs } from "@/lib/release-runners";
import type { AccessToken } from "./access-token";
import { lockAccessTokens, lockGroupFirst } from "./find";
import { endWithRevocation, type RevocationTimes } from "./revocation";

export const mostAtOnce = 1000;

export const changesOfMany = ["revoke", "reactivate", "delete"] as const;
export type ChangeOfMany = (typeof changesOfMany)[number];

/** A token and the revision in which it was shown. */
export type TokenRevision = { id: string; revision: string };

/** Why a change does not apply to a token: its status, that it leaked, or that the token would reactivate itself. */
export type Obstacle = "active" | "revoked" | "expired" | "leaked" | "itself";

const applicable: Record<ChangeOfMany, readonly AccessToken["status"][]> = {
  revoke: ["active"],
  reactivate: ["revoked"],
  delete: ["active", "revoked", "expired"],
};

/** Undefined if the change applies to the token. */
export function obstacleTo(change: ChangeOfMany, token: AccessToken, actor: Actor): Obstacle | undefined {
  if (change === "reactivate" && isItself(actor, token.id)) return "itself";
  if (!applicable[change].includes(token.status)) return token.status;
  return change === "reactivate" && token.leakedAt ? "leaked" : undefined;
}

/**
 * Revokes, reactivates or deletes up to 1,000 tokens in one transaction, with an event for each. Changes none and throws
 * `conflict` if one has changed since its revision was read, `not_found` if one is not in the scope, `forbidden` if a
 * token would reactivate itself. Returns the tokens with their revisions after the change.
 */
export async function changeAccessTokens(
  actor: Actor,
  scope: Scope,
  change: ChangeOfMany,
  expected: readonly TokenRevision[],
): Promise<TokenRevision[]> {
  if (expected.length === 0 || expected.length > mostAtOnce) {
    throw new DomainError("malformed", `Select 1 to ${mostAtOnce.toLocaleString("en")} access tokens.`);
  }
  const changed = await mutate(actor, scope, "access-tokens:manage", async (tx) => {
    if (change === "reactivate" && expected.some(({ id }) => isItself(actor, id))) {
      throw forbidden("An access token can't reactivate itself.");
    }
    if (change === "delete") await lockGroupFirst(tx, scope);
    const tokens = await lockUnchanged(tx, actor, scope, change, expected);
    return { result: await commands[change](tx, tokens), event: tokens.map((token) => eventOf(change, token)) };
  });
  if (change !== "reactivate") wakeRunnerJobs();
  return changed;
}

async function lockUnchanged(
  tx: Tx,
  actor: Actor,
  scope: Scope,
  change: ChangeOfMany,
  expected: readonly TokenRevision[],
): Promise<AccessToken[]> {
  const revisions = new Map(expected.map(({ id, revision }) => [id, revision]));
  const tokens = await lockAccessTokens(tx, scope, [...revisions.keys()]);
  const changed = tokens.filter(
    (token) => revisions.get(token.id) !== token.revision || obstacleTo(change, token, actor),
  );
  if (changed.length > 0) throw changedMeanwhile(changed);
  return tokens;
}

const mostNamed = 3;

function changedMeanwhile(changed: readonly AccessToken[]): DomainError {
  const names = changed.slice(0, mostNamed).map(({ name }) => `“${name}”`);
  const more = changed.length > mostNamed ? ` and ${changed.length - mostNamed} more` : "";
  const have = changed.length === 1 ? "has" : "have";
  return new DomainError(
    "conflict",
    `${names.join(", ")}${more} ${have} changed meanwhile, so nothing was done. Reload the list and select again.`,
  );
}

const idsOf = (tokens: readonly AccessToken[]) => tokens.map(({ id }) => id);

const commands: Record<ChangeOfMany, (tx: Tx, tokens: AccessToken[]) => Promise<TokenRevision[]>> = {
  async revoke(tx, tokens) {
    const revoked = await setTimes(tx, tokens, { revokedAt: sql`now()` });
    await endWithRevocation(tx, idsOf(tokens));
    return revoked;
  },
  reactivate: (tx, tokens) => setTimes(tx, tokens, { revokedAt: null, reactivatedAt: sql`now()` }),
  async delete(tx, tokens) {
    await releaseAccesses(tx, idsOf(tokens));
    await tx.delete(accessTokens).where(inArray(accessTokens.id, idsOf(tokens)));
    const users = tokens.map(({ technicalUser }) => technicalUser.id);
    await tx.delete(memberships).where(inArray(memberships.userId, users));
    return [];
  },
};

async function setTimes(tx: Tx, tokens: AccessToken[], times: RevocationTimes): Promise<TokenRevision[]> {
  const updated = await tx
    .update(accessTokens)
    .set(times)
    // The rows are locked, so a missing one has expired since the transaction began.
    .where(and(inArray(accessTokens.id, idsOf(tokens)), gt(accessTokens.expiresAt, sql`statement_timestamp()`)))
    .returning({ id: accessTokens.id, revision: revisionOf(accessTokens) });
  const changed = new Set(updated.map(({ id }) => id));
  const expired = tokens.filter(({ id }) => !changed.has(id));
  if (expired.length > 0) throw changedMeanwhile(expired);
  return updated;
}

const actions = {
  revoke: "access_token.revoked",
  reactivate: "access_token.reactivated",
  delete: "access_token.deleted",
} as const;

function eventOf(change: ChangeOfMany, token: AccessToken): AuditEvent {
  const { role, technicalUser } = token;
  const deleted = { detail: { role, technical_user: technicalUser.username } };
  return { action: actions[change], subject: token, ...(change === "delete" && deleted) };
}

function isItself(actor: Actor, tokenId: string): boolean {
  return actor.kind === "technical" && actor.accessTokenId === tokenId;
}
