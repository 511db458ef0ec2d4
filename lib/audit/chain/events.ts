import { sql } from "drizzle-orm";
import { db, type Executor } from "@/db/client";
import { auditChain, auditEvents, organizations } from "@/db/schema";
import type { StoredEvent } from "./keys";

/**
 * The events with these ids, as far as they are there. Asked for by id and not joined: without statistics, after a large
 * import, the planner reads the whole table for a join, for every batch.
 */
export async function eventsById(executor: Executor, ids: string[]): Promise<Map<string, StoredEvent>> {
  const events = await executor
    .select()
    .from(auditEvents)
    .where(sql`${auditEvents.id} = any(${sql.param(ids)})`);
  return new Map(events.map((event) => [event.id, event]));
}

/** A chain's last place, to be noted down where those who can write to the database can't. */
export type Head = { organizationId: string; position: number; hash: Buffer };

/** The head of each organization that has a chain. */
export async function chainHeads(): Promise<Head[]> {
  const last = db
    .select({ position: auditChain.position, hash: auditChain.hash })
    .from(auditChain)
    .where(sql`${auditChain.organizationId} = ${organizations.id}`)
    .orderBy(sql`${auditChain.position} desc`)
    .limit(1)
    .as("last");
  return db
    .select({ organizationId: organizations.id, position: last.position, hash: last.hash })
    .from(organizations)
    .innerJoinLateral(last, sql`true`);
}

/** As `audit:verify --head` takes it. */
export function writtenHead({ organizationId, position, hash }: Head): string {
  return `${organizationId}:${position}:${hash.toString("hex")}`;
}
