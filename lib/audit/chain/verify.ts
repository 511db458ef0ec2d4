import { and, asc, eq, gt, lte } from "drizzle-orm";
import { db } from "@/db/client";
import { auditChain, organizations } from "@/db/schema";
import { SealError } from "@/lib/crypto/aes-gcm";
import type { Head } from "./events";
import { eventsById } from "./events";
import { beginning, type ChainKeys, existingChainKeys } from "./keys";
import { verifyUnsealed } from "./unsealed";
import { ChainWalk, describeExtra, type Link } from "./walk";

export type Verified = Head & { entries: number; waiting: number };
type Report = (organizationId: string, finding: string) => void;

const batchSize = 2000;

/**
 * Checks every organization's chain, that each event is in one, and that the expected heads still exist. Reports each
 * finding as a sentence. Reads in batches and writes nothing, so the service may run meanwhile.
 */
export async function verifyAuditLog(expectedHeads: Head[], report: Report): Promise<Verified[]> {
  const known = new Map<string, Promise<ChainKeys | undefined>>();
  const keysOf = (id: string) => {
    const keys = known.get(id) ?? findKeys(id, report);
    known.set(id, keys);
    return keys;
  };
  const walked: (Head & { entries: number })[] = [];
  const organizationIds = await allOrganizations();
  for (const id of organizationIds) walked.push(await walkChain(id, await keysOf(id), report));
  for (const head of expectedHeads) await verifyHead(head, report);
  const waiting = await verifyUnsealed({ organizationIds, keysOf, report });
  return walked.map((chain) => ({ ...chain, waiting: waiting.get(chain.organizationId) ?? 0 }));
}

async function allOrganizations(): Promise<string[]> {
  const rows = await db.select({ id: organizations.id }).from(organizations).orderBy(asc(organizations.id));
  return rows.map(({ id }) => id);
}

async function walkChain(organizationId: string, keys: ChainKeys | undefined, report: Report) {
  if (!keys) return { organizationId, position: 0, hash: beginning, entries: 0 };
  const walk = new ChainWalk(organizationId, keys, (finding) => report(organizationId, finding));
  let after = Number.MIN_SAFE_INTEGER;
  for (let batch: Link[] | undefined; !batch || batch.length === batchSize; ) {
    batch = await linksAfter(organizationId, after);
    for (const link of batch) walk.next(link);
    after = batch.at(-1)?.position ?? after;
  }
  walk.end();
  // Finds entries that the walk skips: duplicates at a position, or positions below the range of a number. The owner
  // can drop the primary key.
  const upToHead = lte(auditChain.position, walk.head.position);
  const there = await db.$count(auditChain, and(eq(auditChain.organizationId, organizationId), upToHead));
  if (there > walk.entries) report(organizationId, describeExtra(there - walk.entries));
  return { organizationId, ...walk.head, entries: walk.entries };
}

async function linksAfter(organizationId: string, position: number): Promise<Link[]> {
  const entries = await db
    .select({ position: auditChain.position, eventId: auditChain.eventId, hash: auditChain.hash })
    .from(auditChain)
    .where(and(eq(auditChain.organizationId, organizationId), gt(auditChain.position, position)))
    .orderBy(asc(auditChain.position))
    .limit(batchSize);
  const ids = entries.map(({ eventId }) => eventId);
  const events = await eventsById(db, ids);
  return entries.map((entry) => ({ ...entry, event: events.get(entry.eventId) ?? null }));
}

/** A truncated chain is consistent in itself. Only a head from earlier reveals it. */
async function verifyHead({ organizationId, position, hash }: Head, report: Report): Promise<void> {
  const [entry] = await linksAfter(organizationId, position - 1);
  const head = `position ${position}, noted as the head,`;
  if (entry?.position !== position) report(organizationId, `${head} is not in the chain: its end was removed.`);
  else if (!entry.hash.equals(hash)) report(organizationId, `${head} has another hash: the chain was made anew.`);
}

async function findKeys(organizationId: string, report: Report): Promise<ChainKeys | undefined> {
  try {
    const keys = await existingChainKeys(db, organizationId);
    const [link] = keys ? [] : await linksAfter(organizationId, 0);
    if (link) report(organizationId, "the data key is gone, so that the chain can't be checked.");
    return keys;
  } catch (error) {
    if (!(error instanceof SealError)) throw error;
    report(organizationId, `the data key does not open, so that the chain can't be checked: ${error.message}`);
    return undefined;
  }
}
