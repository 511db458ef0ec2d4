import { overdueEvents } from "@/lib/audit/chain/overdue";
import { log } from "@/lib/log";

const minute = 60_000;

/**
 * Returns a function that logs an error for unsealed audit events, at most once a minute. The service keeps running:
 * the events are stored, only not yet protected by the chain.
 */
export function overdueNotes(): () => Promise<void> {
  let last = Number.NEGATIVE_INFINITY;
  return async () => {
    if (performance.now() - last < minute) return;
    last = performance.now();
    for (const overdue of await overdueEvents()) {
      log.error(overdue, "audit events have waited for more than a minute to be sealed");
    }
  };
}
