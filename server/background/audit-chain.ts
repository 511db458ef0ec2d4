import { chainHeads, formatHead } from "@/lib/audit/chain/events";
import { overdueEvents } from "@/lib/audit/chain/overdue";
import { sealPendingEvents } from "@/lib/audit/chain/seal";
import { log } from "@/lib/log";
import type { TimedWork } from "./timer";

/**
 * The work on the audit log's chains, each independent of the others: sealing may hang. `logHeads` logs the heads that
 * have changed, since the server's log is stored where people with write access to the database can't change it.
 */
export function auditChainWork(): { work: TimedWork[]; logHeads: () => Promise<void> } {
  const logHeads = changedHeadsLogger();
  const work: TimedWork[] = [
    { name: "sealing audit events", run: sealPendingEvents },
    { name: "the check for overdue audit events", everySeconds: 60, run: logOverdueEvents },
    { name: "logging the audit log's heads", everySeconds: 3600, run: logHeads },
  ];
  return { work, logHeads };
}

function changedHeadsLogger(): () => Promise<void> {
  const logged = new Map<string, string>();
  return async () => {
    for (const chain of await chainHeads()) {
      const head = formatHead(chain);
      if (logged.get(chain.organizationId) !== head) log.info({ head }, "audit log head");
      logged.set(chain.organizationId, head);
    }
  };
}

/** The service keeps running: these events are stored, only not yet protected by the chain. */
async function logOverdueEvents(): Promise<void> {
  for (const overdue of await overdueEvents()) {
    log.error(overdue, "audit events have waited for more than a minute to be sealed");
  }
}
