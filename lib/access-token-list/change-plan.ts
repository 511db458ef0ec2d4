import { and, eq, inArray, isNull } from "drizzle-orm";
import { db } from "@/db/client";
import { givenId } from "@/db/ids";
import { accessTokens, environmentVariables, runners, trustedPipelines, versionControlAccesses } from "@/db/schema";
import { type AccessToken, selectAccessTokens } from "@/lib/access-tokens/access-token";
import {
  type ChangeOfMany,
  mostAtOnce,
  type Obstacle,
  obstacleTo,
  type TokenRevision,
} from "@/lib/access-tokens/change-many";
import { someNotFound } from "@/lib/access-tokens/find";
import type { Actor } from "@/lib/auth/actor";
import { authorize } from "@/lib/auth/authorize";
import { ownerOf, type Scope } from "@/lib/auth/scope";
import { type ListAccessTokens, listAccessTokens } from "./queries";

/** The selected tokens by their ids, or all that a list shows on its pages, up to 1,000. */
export type Selection = { ids: readonly string[] } | { list: Omit<ListAccessTokens, "cursor" | "limit"> };

/** What a change of several tokens will do, and to which it does not apply. */
export type ChangePlan = {
  tokens: (TokenRevision & { name: string })[];
  leftOut: { name: string; obstacle: Obstacle }[];
  /** How many of the tokens are active. Others are refused already. */
  active: number;
  /** The last use of any of the tokens, and the database's clock. */
  lastUsedAt: Date | null;
  now: Date;
  /** What the tokens have that the change ends: registered runners, and settings that a deletion removes. */
  runners: number;
  accesses: number;
  variables: number;
  pipelines: number;
};

/** Resolves the selection as it is now. Throws `not_found` if a selected id is not in the scope. */
export async function getChangePlan(
  actor: Actor,
  scope: Scope,
  change: ChangeOfMany,
  selection: Selection,
): Promise<ChangePlan> {
  const { now } = await authorize(db, actor, scope, "access-tokens:manage");
  const selected = await resolve(actor, scope, selection);
  const considered = selected.map((token) => ({ token, obstacle: obstacleTo(change, token, actor) }));
  const tokens = considered.filter(({ obstacle }) => !obstacle).map(({ token }) => token);
  return {
    tokens: tokens.map((token) => ({ id: token.id, name: token.name, revision: token.revision })),
    leftOut: considered.flatMap(({ token, obstacle }) => (obstacle ? [{ name: token.name, obstacle }] : [])),
    active: tokens.filter(({ status }) => status === "active").length,
    lastUsedAt: lastUseOf(tokens),
    now,
    ...(await contentsOf(tokens)),
  };
}

async function resolve(actor: Actor, scope: Scope, selection: Selection): Promise<AccessToken[]> {
  if ("list" in selection) {
    return (await listAccessTokens(actor, scope, { ...selection.list, limit: mostAtOnce })).items;
  }
  const ids = [...new Set(selection.ids.map(givenId))].slice(0, mostAtOnce);
  const found = await selectAccessTokens(db)
    .where(and(eq(accessTokens.ownerId, ownerOf(scope)), inArray(accessTokens.id, ids)))
    .orderBy(accessTokens.nameKey);
  if (found.length < ids.length) throw someNotFound();
  return found;
}

function lastUseOf(tokens: readonly AccessToken[]): Date | null {
  const uses = tokens.flatMap(({ lastUsedAt }) => lastUsedAt?.getTime() ?? []);
  return uses.length > 0 ? new Date(Math.max(...uses)) : null;
}

async function contentsOf(
  tokens: readonly AccessToken[],
): Promise<Pick<ChangePlan, "runners" | "accesses" | "variables" | "pipelines">> {
  const ids = tokens.map(({ id }) => id);
  const { accessTokenId } = versionControlAccesses;
  const [registered, accesses, variables, pipelines] = await Promise.all([
    db.$count(runners, and(inArray(runners.accessTokenId, ids), eq(runners.state, "registered"))),
    db.$count(versionControlAccesses, and(inArray(accessTokenId, ids), isNull(versionControlAccesses.removedAt))),
    db.$count(environmentVariables, inArray(environmentVariables.accessTokenId, ids)),
    db.$count(trustedPipelines, inArray(trustedPipelines.accessTokenId, ids)),
  ]);
  return { runners: registered, accesses, variables, pipelines };
}
