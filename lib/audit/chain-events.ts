import { sql } from "drizzle-orm";
import type { Executor } from "@/db/client";
import { auditEvents } from "@/db/schema";
import type { StoredEvent } from "./chain-bytes";

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
