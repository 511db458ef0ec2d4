import { asc, gt } from "drizzle-orm";
import type { Tx } from "@/db/client";
import { auditEvents, unsealedAuditEvents } from "@/db/schema";
import { SealError } from "@/lib/crypto/aes-gcm";
import { log } from "@/lib/log";
import type { StoredEvent } from "./keys";
import { type ChainKeys, chainKeys } from "./keys";

type KeysOf = (organizationId: string) => Promise<ChainKeys | undefined>;

const batchSize = 1000;

/**
 * Gives all existing events their proofs, so that they are sealed as if written now. Only for the migration that
 * creates the chain's tables: run later, it would also prove forged events.
 */
export async function proveOldEvents(tx: Tx): Promise<void> {
  const keysOf = rememberingKeys(tx);
  let proven = 0;
  for (let batch = await nextEvents(tx); batch.length > 0; batch = await nextEvents(tx, batch.at(-1)?.id)) {
    proven += await prove(tx, keysOf, batch);
  }
  if (proven > 0) log.warn({ events: proven }, "the audit log's chains begin, with the existing events as they are");
}

function nextEvents(tx: Tx, after?: string): Promise<StoredEvent[]> {
  return tx
    .select()
    .from(auditEvents)
    .where(after === undefined ? undefined : gt(auditEvents.id, after))
    .orderBy(asc(auditEvents.id))
    .limit(batchSize);
}

async function prove(tx: Tx, keysOf: KeysOf, events: StoredEvent[]): Promise<number> {
  const proofs: (typeof unsealedAuditEvents.$inferInsert)[] = [];
  for (const event of events) {
    const { id: eventId, organizationId } = event;
    const keys = await keysOf(organizationId);
    if (keys) proofs.push({ organizationId, eventId, proof: keys.proof(event) });
  }
  if (proofs.length > 0) await tx.insert(unsealedAuditEvents).values(proofs);
  return proofs.length;
}

/** Caches keys, and lets the migration continue if one organization's data key is damaged. */
function rememberingKeys(tx: Tx): KeysOf {
  const known = new Map<string, ChainKeys | undefined>();
  return async (organizationId) => {
    if (!known.has(organizationId)) known.set(organizationId, await keysIfTheyOpen(tx, organizationId));
    return known.get(organizationId);
  };
}

async function keysIfTheyOpen(tx: Tx, organizationId: string): Promise<ChainKeys | undefined> {
  try {
    return await chainKeys(tx, organizationId);
  } catch (error) {
    if (!(error instanceof SealError)) throw error;
    log.error({ err: error, organizationId }, "the organization's events are left out of the audit log's chain");
    return undefined;
  }
}
