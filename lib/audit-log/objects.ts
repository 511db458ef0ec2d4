import { and, eq, inArray, type SQL, sql } from "drizzle-orm";
import { db } from "@/db/client";
import { accessTokens, auditEvents, runners, trustedPipelines, versionControlAccesses } from "@/db/schema";
import type { Actor } from "@/lib/auth/actor";
import { authorize } from "@/lib/auth/authorize";
import { ownerOf, type Scope } from "@/lib/auth/scope";
import { logOf, type WhichLog } from "./log-of";
import type { AuditListItem } from "./queries";

/** `tokenId` is the access token whose page shows the object. Null if that is gone, or is not the log owner's. */
export type AuditObject = { name: string; tokenId: string | null };

/**
 * What is known of the access tokens, accesses, trusted pipelines, runners and actors whose ids are in these events of the scope's log. Only
 * the log owner's own ones: an organization's log must not name a group's token.
 */
export async function auditObjects(
  actor: Actor,
  scope: Scope,
  which: WhichLog,
  items: readonly AuditListItem[],
): Promise<Map<string, AuditObject>> {
  await authorize(db, actor, scope, "audit:read");
  const { log } = await logOf(db, scope, which);
  const ownerId = ownerOf(log);
  const ids = [...new Set(items.flatMap(idsIn))];
  const of = (prefix: string) => ids.filter((id) => id.startsWith(prefix));
  const found = await Promise.all([
    find(of("tok_"), (some) => findTokens(ownerId, some)),
    find(of("vca_"), (some) => findAccesses(ownerId, some)),
    find(of("tpl_"), (some) => findPipelines(ownerId, some)),
    find(of("run_"), (some) => findGoneRunners(ownerId, some)),
    find(of("run_"), (some) => findRunners(ownerId, some)),
    find(of("usr_"), (some) => findActors(ownerId, some)),
  ]);
  // Of a runner that is registered and in the log, the latter entry stays.
  return new Map(found.flat().map(({ id, ...object }) => [id, object]));
}

type Found = AuditObject & { id: string };

function idsIn({ actor, subject, detail }: AuditListItem): string[] {
  const given = [actor.token?.id, subject.id, ...Object.values(detail)];
  return given.flatMap((id) => (typeof id === "string" && /^(tok|vca|tpl|run|usr)_[0-9a-z]+$/.test(id) ? [id] : []));
}

async function find(ids: string[], query: (ids: string[]) => Promise<Found[]>): Promise<Found[]> {
  return ids.length > 0 ? query(ids) : [];
}

function findTokens(ownerId: string, ids: string[]): Promise<Found[]> {
  return db
    .select({ id: accessTokens.id, name: accessTokens.name, tokenId: accessTokens.id })
    .from(accessTokens)
    .where(and(eq(accessTokens.ownerId, ownerId), inArray(accessTokens.id, ids)));
}

function findAccesses(ownerId: string, ids: string[]): Promise<Found[]> {
  const { id, providerUrl, accessTokenId } = versionControlAccesses;
  return db
    .select({ id, name: named("Access for", providerUrl), tokenId: accessTokenId })
    .from(versionControlAccesses)
    .innerJoin(accessTokens, eq(accessTokens.id, accessTokenId))
    .where(and(eq(accessTokens.ownerId, ownerId), inArray(id, ids)));
}

function findPipelines(ownerId: string, ids: string[]): Promise<Found[]> {
  const { id, project, accessTokenId } = trustedPipelines;
  return db
    .select({ id, name: named("Jobs of", project), tokenId: accessTokenId })
    .from(trustedPipelines)
    .innerJoin(accessTokens, eq(accessTokens.id, accessTokenId))
    .where(and(eq(accessTokens.ownerId, ownerId), inArray(id, ids)));
}

function findRunners(ownerId: string, ids: string[]): Promise<Found[]> {
  return db
    .select({
      id: runners.id,
      name: named("Runner at", versionControlAccesses.providerUrl),
      tokenId: runners.accessTokenId,
    })
    .from(runners)
    .innerJoin(versionControlAccesses, eq(versionControlAccesses.id, runners.accessId))
    .innerJoin(accessTokens, eq(accessTokens.id, runners.accessTokenId))
    .where(and(eq(accessTokens.ownerId, ownerId), inArray(runners.id, ids)));
}

/** By the event of their registration. */
function findGoneRunners(ownerId: string, ids: string[]): Promise<Found[]> {
  return db
    .select({
      id: auditEvents.subjectId,
      name: named("Runner at", sql`${auditEvents.detail} ->> 'provider_url'`),
      tokenId: sql<null>`null`,
    })
    .from(auditEvents)
    .where(
      and(
        eq(auditEvents.ownerId, ownerId),
        inArray(auditEvents.subjectId, ids),
        eq(auditEvents.action, "runner.registered"),
      ),
    );
}

async function findActors(ownerId: string, ids: string[]): Promise<Found[]> {
  const { rows } = await db.execute<Found>(sql`
    select actors.id, found.name, null as "tokenId"
    from unnest(${sql.param(ids)}::text[]) as actors (id), lateral (
      select actor_name as name from audit_events where owner_id = ${ownerId} and actor_id = actors.id
      order by occurred_at desc, id desc limit 1
    ) found`);
  return rows;
}

type Text = SQL | typeof versionControlAccesses.providerUrl | typeof trustedPipelines.project;

function named(what: string, which: Text): SQL<string> {
  return sql<string>`concat_ws(' ', ${what}::text, ${which})`;
}
