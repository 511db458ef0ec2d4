import { overdueEvents } from "@/lib/audit/chain/overdue";
import { log } from "@/lib/log";

const minute = 60_000;

/**
 * Answers how to say in the log, as an error, that audit events wait for their places in the chain: at most once a minute.
 * The service goes on: what is written is kept, and only not yet protected.
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
