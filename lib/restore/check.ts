import { and, desc, eq, lte, sql } from "drizzle-orm";
import { db } from "@/db/client";
import { auditChain, auditEvents, groups, organizations } from "@/db/schema";
import type { Head } from "@/lib/audit/chain/events";
import { SettingsError } from "@/lib/env";
import { isCompared } from "./compared";
import { lackOf } from "./coverage";
import { type LaterEvent, type Left, ownerIdOf } from "./later-event";
import { membersLeft } from "./members-left";
import { type ExportFile, readExport } from "./read-export";
import { groupsLeft, policiesLeft, removedLeft } from "./settings-left";
import { signInsLeft } from "./sign-ins-left";
import { storedSecretsLeft } from "./stored-secrets-left";
import { tokensLeft } from "./tokens-left";

/**
 * `lacks` has a sentence for each organization whose later log the exports do not have completely. `ends` are those that
 * they have, with the time from which on one of its logs is in no export.
 */
export type RestoreCheck = {
  left: Left[];
  lacks: string[];
  ends: { organization: string; at: Date }[];
  events: number;
};

/**
 * What exports have of one organization. `latest` is their last event's time. `lost` are the ids of the events that the
 * restored database lacks, `first` the one of these with the lowest position, and `events` those that are compared. `logs`
 * are the groups, or the organization itself, whose whole log was exported, with the time of that.
 */
type Read = {
  positions: number[];
  latest: Date;
  lost: Set<string>;
  first?: { position: number; id: string; where: string };
  events: LaterEvent[];
  logs: Map<string, Date>;
};

/**
 * Compares the restored database with what its log says happened after the backup, as exported before the restore.
 * Returns what has to be done again, the most dangerous first. `heads` are noted heads of chains: they tell how far the
 * log went. Writes nothing. Throws a SettingsError for an export that was changed or is of another database.
 */
export async function checkRestored(files: readonly ExportFile[], heads: readonly Head[]): Promise<RestoreCheck> {
  const read = await readAll(files);
  const lacks: string[] = [];
  const ends: RestoreCheck["ends"] = [];
  for (const { id, name } of await db.select().from(organizations).orderBy(organizations.id)) {
    const exported = read.get(id);
    const restored = await restoredPosition(id, exported?.latest);
    if (exported) refuseOtherHistory(exported, restored);
    const lack = lackOf({
      restored,
      positions: exported?.positions ?? [],
      heads: await inRestored(heads.filter(({ organizationId }) => organizationId === id)),
      missing: exported && (await missingLogs(id, exported)),
    });
    const organization = `${id} “${name}”`;
    if (lack) lacks.push(`${organization}: ${lack}`);
    else if (exported?.logs.size) ends.push({ organization, at: earliest(exported.logs.values()) });
  }
  const events = [...read.values()].flatMap((one) => one.events).sort(inOrder);
  const found = [
    await tokensLeft(events),
    await groupsLeft(events),
    await membersLeft(events),
    await signInsLeft(events),
    await removedLeft(events),
    await policiesLeft(events),
    await storedSecretsLeft(events),
  ];
  const left = found.flat().sort((one, other) => one.rank - other.rank || inOrder(one.event, other.event));
  return { left, lacks, ends, events: [...read.values()].reduce((sum, { lost }) => sum + lost.size, 0) };
}

function earliest(times: Iterable<Date>): Date {
  return new Date(Math.min(...[...times].map((time) => time.getTime())));
}

function inOrder(one: LaterEvent, other: LaterEvent): number {
  return one.occurredAt.getTime() - other.occurredAt.getTime() || (one.id < other.id ? -1 : 1);
}

async function readAll(files: readonly ExportFile[]): Promise<Map<string, Read>> {
  const all = new Map<string, Read>();
  for (const file of files) {
    let batch: LaterEvent[] = [];
    for await (const event of readExport(file)) {
      batch.push(event);
      if (batch.length < 1000) continue;
      await add(all, batch, file.name);
      batch = [];
    }
    await add(all, batch, file.name);
  }
  return all;
}

const nothing = (): Omit<Read, "latest"> => ({ positions: [], lost: new Set(), events: [], logs: new Map() });

/** An export is in the log that it is of, with its filters. */
function isWholeExport({ action, detail, ...event }: LaterEvent): boolean {
  if (action !== "audit_log.exported" || event.subjectId !== (event.groupId ?? event.organizationId)) return false;
  return Object.keys(detail).every((name) => name === "format");
}

function addLog({ logs }: Read, event: LaterEvent): void {
  const before = logs.get(ownerIdOf(event));
  if (!before || event.occurredAt > before) logs.set(ownerIdOf(event), event.occurredAt);
}

/** Keeps the events that the restored database lacks. Several exports may have the same one. */
async function add(all: Map<string, Read>, batch: readonly LaterEvent[], where: string): Promise<void> {
  const ids = batch.map(({ id }) => id);
  const found = await db
    .select({ id: auditEvents.id })
    .from(auditEvents)
    .where(sql`${auditEvents.id} = any(${sql.param(ids)})`);
  const known = new Set(found.map(({ id }) => id));
  for (const event of batch) {
    const { organizationId, occurredAt, position } = event;
    const read: Read = all.get(organizationId) ?? { ...nothing(), latest: occurredAt };
    all.set(organizationId, read);
    if (occurredAt > read.latest) read.latest = occurredAt;
    if (position !== null) read.positions.push(position);
    if (known.has(event.id) || read.lost.has(event.id)) continue;
    read.lost.add(event.id);
    if (isWholeExport(event)) addLog(read, event);
    if (position !== null && position < (read.first?.position ?? Number.POSITIVE_INFINITY)) {
      read.first = { position, id: event.id, where };
    }
    if (isCompared(event.action)) read.events.push(event);
  }
}

/**
 * The last position of the restored chain from before the backup. After the restore the chain goes on, with events that
 * are later than all in exports from before.
 */
async function restoredPosition(organizationId: string, latest: Date | undefined): Promise<number> {
  const [last] = await db
    .select({ position: auditChain.position })
    .from(auditChain)
    .innerJoin(auditEvents, eq(auditEvents.id, auditChain.eventId))
    .where(and(eq(auditChain.organizationId, organizationId), latest && lte(auditEvents.occurredAt, latest)))
    .orderBy(desc(auditChain.position))
    .limit(1);
  return last?.position ?? 0;
}

/** The position alone is not enough: after the restore the chain goes on, to the same positions. */
function inRestored(heads: readonly Head[]) {
  return Promise.all(
    heads.map(async ({ organizationId, position, hash }) => {
      const same = and(
        eq(auditChain.organizationId, organizationId),
        eq(auditChain.position, position),
        eq(auditChain.hash, hash),
      );
      return { position, isRestored: (await db.$count(auditChain, same)) > 0 };
    }),
  );
}

/** Of the logs that were there when the exports were made. A deleted group is deleted again, whatever happened in it. */
async function missingLogs(organizationId: string, { logs, latest, events }: Read): Promise<string[]> {
  const found = await db
    .select({ id: groups.id, name: groups.name })
    .from(groups)
    .where(and(eq(groups.organizationId, organizationId), lte(groups.createdAt, latest)))
    .orderBy(groups.nameKey);
  const deleted = new Set(events.flatMap(({ action, subjectId }) => (action === "group.deleted" ? [subjectId] : [])));
  const missing = found.filter(({ id }) => !logs.has(id) && !deleted.has(id));
  const named = missing.map(({ id, name }) => `the group “${name}” (${id})`);
  return logs.has(organizationId) ? named : ["the organization itself", ...named];
}

function refuseOtherHistory({ first }: Read, restored: number): void {
  if (!first || first.position > restored) return;
  throw new SettingsError([
    `${first.where} has the event ${first.id} at position ${first.position}, where the restored database has another one: the export is not of the database that the backup was made of, or was made after the restore.`,
  ]);
}
