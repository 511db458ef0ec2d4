import { and, asc, desc, eq, gt, sql } from "drizzle-orm";
import { LRUCache } from "lru-cache";
import { db, type Tx } from "@/db/client";
import { auditChain, dataKeys, unsealedAuditEvents } from "@/db/schema";
import { log } from "@/lib/log";
import { eventsById, type Head } from "./events";
import type { StoredEvent } from "./keys";
import { beginning, type ChainKeys, chainKeys, isGenuine, type Pending } from "./keys";

const batchSize = 1000;

/** `last` is the cursor of the next batch, if there may be one. */
type Batch = { pending: Pending[]; last?: string };
type Position = Pick<Head, "position" | "hash">;
type Sealed = { sealed: number; last?: string };

/** Organizations whose failure was logged within the last minute. */
const failing = new LRUCache<string, true>({ max: 1000, ttl: 60_000 });

/**
 * Adds each waiting event to its organization's chain. Safe to run on several instances at once and to be killed at any
 * point: uncommitted events stay in the queue. Returns how many events were sealed.
 */
export async function sealPendingEvents(): Promise<number> {
  const waiting = await db
    .selectDistinct({ organizationId: unsealedAuditEvents.organizationId })
    .from(unsealedAuditEvents);
  let sealed = 0;
  for (const { organizationId } of waiting) {
    try {
      sealed += await sealOrganization(organizationId);
    } catch (error) {
      if (failing.has(organizationId)) continue;
      failing.set(organizationId, true);
      log.error({ err: error, organizationId }, "audit events could not be sealed");
    }
  }
  return sealed;
}

/** One transaction per batch, as a backlog would be too much for one. Seals all events committed meanwhile. */
async function sealOrganization(organizationId: string): Promise<number> {
  let all = 0;
  let after: string | undefined;
  do {
    const { sealed, last } = await db.transaction((tx) => sealBatch(tx, organizationId, after));
    all += sealed;
    after = last;
  } while (after !== undefined);
  return all;
}

/** Seals nothing if another instance holds the organization's lock. */
async function sealBatch(tx: Tx, organizationId: string, after: string | undefined): Promise<Sealed> {
  const keys = await chainKeys(tx, organizationId);
  if (!(await lockChain(tx, organizationId))) return { sealed: 0 };
  const { pending, last } = await nextBatch(tx, organizationId, after);
  const sealed = await alreadySealed(tx, pending);
  const fresh = pending.filter(({ event }) => !sealed.has(event.id));
  const genuine = fresh.filter((one) => one.event.organizationId === organizationId && isGenuine(keys, one));
  await append(
    tx,
    keys,
    await headOf(tx, organizationId),
    genuine.map(({ event }) => event),
  );
  await removeFromQueue(tx, organizationId, pending);
  for (const { event } of pending.filter((one) => !genuine.includes(one))) {
    const what = sealed.has(event.id) ? "is sealed already" : "is not what the application wrote";
    log.error({ organizationId, eventId: event.id }, `an audit event ${what}: not sealed`);
  }
  return { sealed: genuine.length, last };
}

/** A row lock, since only roles with write access can take it; any role that can connect can take an advisory lock. */
async function lockChain(tx: Tx, organizationId: string): Promise<boolean> {
  const rows = await tx
    .select({ id: dataKeys.id })
    .from(dataKeys)
    .where(eq(dataKeys.organizationId, organizationId))
    .for("no key update", { skipLocked: true });
  return rows.length > 0;
}

async function headOf(tx: Tx, organizationId: string): Promise<Position> {
  const [head] = await tx
    .select({ position: auditChain.position, hash: auditChain.hash })
    .from(auditChain)
    .where(eq(auditChain.organizationId, organizationId))
    .orderBy(desc(auditChain.position))
    .limit(1);
  return head ?? { position: 0, hash: beginning };
}

/** In id order, which is almost time order, so that a backlog is read once. Rows whose event is gone are left. */
async function nextBatch(tx: Tx, organizationId: string, after: string | undefined): Promise<Batch> {
  const isAfter = after === undefined ? undefined : gt(unsealedAuditEvents.eventId, after);
  const waiting = await tx
    .select({ eventId: unsealedAuditEvents.eventId, proof: unsealedAuditEvents.proof })
    .from(unsealedAuditEvents)
    .where(and(eq(unsealedAuditEvents.organizationId, organizationId), isAfter))
    .orderBy(asc(unsealedAuditEvents.eventId))
    .limit(batchSize);
  const ids = waiting.map(({ eventId }) => eventId);
  const events = await eventsById(tx, ids);
  const pending = waiting.flatMap(({ eventId, proof }) => {
    const event = events.get(eventId);
    return event ? [{ event, proof }] : [];
  });
  return { pending, last: waiting.length === batchSize ? ids.at(-1) : undefined };
}

/** Skips events that are already sealed: a stray row in the queue must not block the others. */
async function alreadySealed(tx: Tx, pending: Pending[]): Promise<Set<string>> {
  const ids = pending.map(({ event }) => event.id);
  const rows = await tx
    .select({ eventId: auditChain.eventId })
    .from(auditChain)
    .where(sql`${auditChain.eventId} = any(${sql.param(ids)})`);
  return new Set(rows.map(({ eventId }) => eventId));
}

async function append(tx: Tx, keys: ChainKeys, { position, hash }: Position, events: StoredEvent[]): Promise<void> {
  const entries = events
    .toSorted((a, b) => a.occurredAt.getTime() - b.occurredAt.getTime() || (a.id < b.id ? -1 : 1))
    .map((event) => {
      hash = keys.hash(hash, event);
      position += 1;
      return { organizationId: event.organizationId, eventId: event.id, position, hash };
    });
  if (entries.length > 0) await tx.insert(auditChain).values(entries);
}

async function removeFromQueue(tx: Tx, organizationId: string, batch: Pending[]): Promise<void> {
  const ids = batch.map(({ event }) => event.id);
  await tx
    .delete(unsealedAuditEvents)
    .where(
      and(
        eq(unsealedAuditEvents.organizationId, organizationId),
        sql`${unsealedAuditEvents.eventId} = any(${sql.param(ids)})`,
      ),
    );
}
