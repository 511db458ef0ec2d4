import { chainHeads, writtenHead } from "@/lib/audit/chain-heads";
import { log } from "@/lib/log";

const hour = 60 * 60_000;

/**
 * Answers how to note the heads of the audit log's chains that have changed in the log, which goes where those who can
 * write to the database can't: at most once an hour, or `now`.
 */
export function headNotes(): (now?: boolean) => Promise<void> {
  const noted = new Map<string, string>();
  let last = Number.NEGATIVE_INFINITY;
  return async (now = false) => {
    if (!now && performance.now() - last < hour) return;
    for (const chain of await chainHeads()) {
      const head = writtenHead(chain);
      if (noted.get(chain.organizationId) !== head) log.info({ head }, "audit log head");
      noted.set(chain.organizationId, head);
    }
    last = performance.now();
  };
}
