import { and, asc, desc, eq, gt, sql } from "drizzle-orm";
import { db, type Tx } from "@/db/client";
import { auditChain, unsealedAuditEvents } from "@/db/schema";
import { log } from "@/lib/log";
import { eventsById } from "./chain-events";
import { beginning, type ChainKeys, chainKeys, isGenuine, type Pending } from "./chain-keys";

const batchSize = 1000;
const lock = 7_316_403;

/** `last` is where the next batch goes on, where there may be one. */
type Batch = { pending: Pending[]; last: string | undefined };
type Place = { position: number; hash: Buffer };

/**
 * Gives each event that awaits it its place in its organization's chain. Any number of instances may do so at once, and
 * one may die at any point: what was not committed still waits. Answers how many events were sealed.
 */
export async function sealPendingEvents(): Promise<number> {
  const waiting = await db
    .selectDistinct({ organizationId: unsealedAuditEvents.organizationId })
    .from(unsealedAuditEvents);
  let sealed = 0;
  for (const { organizationId } of waiting) {
    try {
      sealed += await db.transaction((tx) => sealOrganization(tx, organizationId));
    } catch (error) {
      log.error({ err: error, organizationId }, "audit events could not be sealed");
    }
  }
  return sealed;
}

/** All that is committed until the last batch is read. Where another instance is at it, nothing. */
async function sealOrganization(tx: Tx, organizationId: string): Promise<number> {
  if (!(await takeTurn(tx, organizationId))) return 0;
  const keys = await chainKeys(tx, organizationId);
  const head = await headOf(tx, organizationId);
  let place = head ?? { position: 0, hash: beginning };
  for (let after: string | undefined = ""; after !== undefined; ) {
    const { pending: batch, last } = await nextBatch(tx, organizationId, after);
    const genuine = batch.filter((pending) => isGenuine(keys, pending, head !== undefined));
    place = await append(tx, keys, place, genuine);
    await settle(tx, organizationId, batch);
    for (const { event } of batch.filter((pending) => !genuine.includes(pending))) {
      log.error({ organizationId, eventId: event.id }, "an audit event is not what the application wrote: not sealed");
    }
    after = last;
  }
  return place.position - (head?.position ?? 0);
}

async function takeTurn(tx: Tx, organizationId: string): Promise<boolean> {
  const { rows } = await tx.execute<{ taken: boolean }>(
    sql`select pg_try_advisory_xact_lock(${lock}, hashtext(${organizationId})) as taken`,
  );
  return rows[0]?.taken ?? false;
}

async function headOf(tx: Tx, organizationId: string): Promise<Place | undefined> {
  const [head] = await tx
    .select({ position: auditChain.position, hash: auditChain.hash })
    .from(auditChain)
    .where(eq(auditChain.organizationId, organizationId))
    .orderBy(desc(auditChain.position))
    .limit(1);
  return head;
}

/** By id, which is nearly by time, so that a backlog of any length is read once. One whose event is gone stays. */
async function nextBatch(tx: Tx, organizationId: string, after: string): Promise<Batch> {
  const waiting = await tx
    .select({ eventId: unsealedAuditEvents.eventId, proof: unsealedAuditEvents.proof })
    .from(unsealedAuditEvents)
    .where(and(eq(unsealedAuditEvents.organizationId, organizationId), gt(unsealedAuditEvents.eventId, after)))
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

async function append(tx: Tx, keys: ChainKeys, { position, hash }: Place, batch: Pending[]): Promise<Place> {
  const entries = batch
    .map(({ event }) => event)
    .toSorted((a, b) => a.occurredAt.getTime() - b.occurredAt.getTime() || (a.id < b.id ? -1 : 1))
    .map((event) => {
      hash = keys.hash(hash, event);
      position += 1;
      return { organizationId: event.organizationId, eventId: event.id, position, hash };
    });
  if (entries.length > 0) await tx.insert(auditChain).values(entries);
  return { position, hash };
}

async function settle(tx: Tx, organizationId: string, batch: Pending[]): Promise<void> {
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
