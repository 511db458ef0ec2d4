import { and, asc, count, eq, gt, isNotNull, isNull, lte, notExists, or, type SQL, sql } from "drizzle-orm";
import { db } from "@/db/client";
import { auditChain, auditEvents, unsealedAuditEvents } from "@/db/schema";
import { type ChainKeys, isGenuine, type Pending } from "./keys";
import { describeDuplicate, describeRemovedUnsealed, describeStray, describeWaiting } from "./walk";

type Unchained = Pending & { isRecent: boolean };
type Waiting = { count: number; overdue: number; oldest: Date };
type Options = {
  /** Organizations whose chains were walked. An entry of any other organization does not count. */
  organizationIds: string[];
  keysOf: (organizationId: string) => Promise<ChainKeys | undefined>;
  report: (organizationId: string, finding: string) => void;
};

const batchSize = 10_000;

/**
 * Reports events that are in no chain, or stored twice, except genuine ones of the last minute. Returns how many wait
 * to be sealed, by organization.
 */
export async function verifyUnsealed(options: Options): Promise<Map<string, number>> {
  const waiting = new Map<string, Waiting>();
  let after: string | undefined;
  do {
    const upTo = await idAfter(after);
    const batch = batchOf(after, upTo);
    for (const unchained of await findUnchained(batch, options.organizationIds)) {
      await check(unchained, waiting, options);
    }
    await reportDuplicates(batch, options);
    after = upTo;
  } while (after !== undefined);
  await reportRemoved(options);
  for (const [organizationId, { overdue, oldest }] of waiting) {
    if (overdue > 0) options.report(organizationId, describeWaiting(overdue, oldest));
  }
  return new Map([...waiting].map(([organizationId, { count }]) => [organizationId, count]));
}

async function check(unchained: Unchained, waiting: Map<string, Waiting>, { keysOf, report }: Options): Promise<void> {
  const { event, isRecent } = unchained;
  const { organizationId, occurredAt } = event;
  if (!isGenuine(await keysOf(organizationId), unchained)) return report(organizationId, describeStray(event));
  const known = waiting.get(organizationId) ?? { count: 0, overdue: 0, oldest: occurredAt };
  waiting.set(organizationId, {
    count: known.count + 1,
    overdue: known.overdue + (isRecent ? 0 : 1),
    oldest: occurredAt < known.oldest ? occurredAt : known.oldest,
  });
}

/** The id at which the batch ends, found without reading the batch. Undefined for the last batch. */
async function idAfter(after: string | undefined): Promise<string | undefined> {
  const [last] = await db
    .select({ id: auditEvents.id })
    .from(auditEvents)
    .where(after === undefined ? isNotNull(auditEvents.id) : gt(auditEvents.id, after))
    .orderBy(asc(auditEvents.id))
    .offset(batchSize - 1)
    .limit(1);
  return last?.id;
}

/** Covers every id: the first batch has no lower bound, and the last also includes null ids. */
function batchOf(after: string | undefined, upTo: string | undefined): SQL | undefined {
  const isAfter = after === undefined ? undefined : gt(auditEvents.id, after);
  if (upTo !== undefined) return and(isAfter, lte(auditEvents.id, upTo));
  return isAfter && or(isAfter, isNull(auditEvents.id));
}

// One statement, hence one snapshot: the sealer moves events between the tables meanwhile.
function findUnchained(batch: SQL | undefined, organizationIds: string[]): Promise<Unchained[]> {
  const entry = and(
    eq(auditChain.eventId, auditEvents.id),
    sql`${auditChain.organizationId} = any(${sql.param(organizationIds)})`,
    gt(auditChain.position, 0),
  );
  return db
    .select({
      event: auditEvents,
      proof: unsealedAuditEvents.proof,
      isRecent: sql<boolean>`abs(extract(epoch from now() - ${auditEvents.occurredAt})) < 60`,
    })
    .from(auditEvents)
    .leftJoin(
      unsealedAuditEvents,
      and(
        eq(unsealedAuditEvents.eventId, auditEvents.id),
        eq(unsealedAuditEvents.organizationId, auditEvents.organizationId),
      ),
    )
    .where(and(batch, notExists(db.select().from(auditChain).where(entry))))
    .orderBy(asc(auditEvents.id));
}

/** The primary key forbids duplicates, but the database's owner can drop it. */
async function reportDuplicates(batch: SQL | undefined, { report }: Options): Promise<void> {
  const organizationId = sql<string>`min(${auditEvents.organizationId})`;
  const rows = await db
    .select({ id: auditEvents.id, organizationId, times: count() })
    .from(auditEvents)
    .where(batch)
    .groupBy(auditEvents.id)
    .having(gt(count(), 1));
  for (const { id, organizationId, times } of rows) report(organizationId, describeDuplicate(id, times));
}

async function reportRemoved({ report }: Options): Promise<void> {
  const removed = await db
    .select({ organizationId: unsealedAuditEvents.organizationId, eventId: unsealedAuditEvents.eventId })
    .from(unsealedAuditEvents)
    .leftJoin(auditEvents, eq(auditEvents.id, unsealedAuditEvents.eventId))
    .where(isNull(auditEvents.id));
  for (const { organizationId, eventId } of removed) report(organizationId, describeRemovedUnsealed(eventId));
}
