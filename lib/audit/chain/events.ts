import { sql } from "drizzle-orm";
import { db, type Executor } from "@/db/client";
import { auditChain, auditEvents, organizations } from "@/db/schema";
import type { StoredEvent } from "./keys";

/**
 * The events with these ids that exist. Queried by id instead of joined: without statistics, after a large import, the
 * planner reads the whole table for a join, for every batch.
 */
export async function eventsById(executor: Executor, ids: string[]): Promise<Map<string, StoredEvent>> {
  const events = await executor
    .select()
    .from(auditEvents)
    .where(sql`${auditEvents.id} = any(${sql.param(ids)})`);
  return new Map(events.map((event) => [event.id, event]));
}

/** The last entry of a chain. Operators keep it where database writers can't change it. */
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

/** The format of `audit:verify --head`. */
export function formatHead({ organizationId, position, hash }: Head): string {
  return `${organizationId}:${position}:${hash.toString("hex")}`;
}
