import { and, asc, eq, gt, isNull, lte, notExists, sql } from "drizzle-orm";
import { db } from "@/db/client";
import { auditChain, auditEvents, unsealedAuditEvents } from "@/db/schema";
import { type ChainKeys, isGenuine, type Pending } from "./chain-keys";
import { describeRemovedUnsealed, describeStray, describeUnsealed } from "./chain-words";

type Unchained = Pending & { waits: boolean; isRecent: boolean; isChainBegun: boolean };
type Options = {
  keysOf: (organizationId: string) => Promise<ChainKeys | undefined>;
  report: (organizationId: string, finding: string) => void;
};

const batchSize = 10_000;

/**
 * Reports the events that are in no chain, but for those that the application wrote in the last minute. Answers how many
 * wait to be sealed, by organization.
 */
export async function verifyUnsealed(options: Options): Promise<Map<string, number>> {
  const waiting = new Map<string, number>();
  for (let [after, isLast] = ["", false]; !isLast; ) {
    const upTo = await idAfter(after);
    for (const event of await unchained(after, upTo)) await judge(event, waiting, options);
    isLast = upTo === undefined;
    after = upTo ?? after;
  }
  await reportRemoved(options);
  return waiting;
}

async function judge(unchained: Unchained, waiting: Map<string, number>, { keysOf, report }: Options): Promise<void> {
  const { event, waits, isRecent, isChainBegun } = unchained;
  const { organizationId } = event;
  const isPending = waits && isGenuine(await keysOf(organizationId), unchained, isChainBegun);
  if (!isPending) return report(organizationId, describeStray(event));
  waiting.set(organizationId, (waiting.get(organizationId) ?? 0) + 1);
  if (!isRecent) report(organizationId, describeUnsealed(event));
}

/** The batch's last id, so that a batch is cut without reading it. Undefined where fewer events are left. */
async function idAfter(after: string): Promise<string | undefined> {
  const [last] = await db
    .select({ id: auditEvents.id })
    .from(auditEvents)
    .where(gt(auditEvents.id, after))
    .orderBy(asc(auditEvents.id))
    .offset(batchSize - 1)
    .limit(1);
  return last?.id;
}

// One statement, and so one look at the tables: the sealer moves events from one to another meanwhile.
function unchained(after: string, upTo: string | undefined): Promise<Unchained[]> {
  const ofEvent = eq(auditChain.eventId, auditEvents.id);
  const begun = db.select().from(auditChain).where(eq(auditChain.organizationId, auditEvents.organizationId));
  return db
    .select({
      event: auditEvents,
      proof: unsealedAuditEvents.proof,
      waits: sql<boolean>`${unsealedAuditEvents.eventId} is not null`,
      isRecent: sql<boolean>`abs(extract(epoch from now() - ${auditEvents.occurredAt})) < 60`,
      isChainBegun: sql<boolean>`exists ${begun}`,
    })
    .from(auditEvents)
    .leftJoin(
      unsealedAuditEvents,
      and(
        eq(unsealedAuditEvents.eventId, auditEvents.id),
        eq(unsealedAuditEvents.organizationId, auditEvents.organizationId),
      ),
    )
    .where(
      and(
        gt(auditEvents.id, after),
        upTo === undefined ? undefined : lte(auditEvents.id, upTo),
        notExists(db.select().from(auditChain).where(ofEvent)),
      ),
    );
}

async function reportRemoved({ report }: Options): Promise<void> {
  const removed = await db
    .select({ organizationId: unsealedAuditEvents.organizationId, eventId: unsealedAuditEvents.eventId })
    .from(unsealedAuditEvents)
    .leftJoin(auditEvents, eq(auditEvents.id, unsealedAuditEvents.eventId))
    .where(isNull(auditEvents.id));
  for (const { organizationId, eventId } of removed) report(organizationId, describeRemovedUnsealed(eventId));
}
