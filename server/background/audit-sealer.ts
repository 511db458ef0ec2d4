import { chainHeads, writtenHead } from "@/lib/audit/chain/events";
import { sealPendingEvents } from "@/lib/audit/chain/seal";
import { withoutDatabaseDeadline } from "@/lib/database-deadline";
import { log } from "@/lib/log";
import { overdueNotes } from "./audit-overdue";

const hour = 60 * 60_000;

/**
 * Returns a function that logs the changed heads of the audit log's chains, at most once an hour, or `now`. The
 * server's log is stored where people with write access to the database can't change it.
 */
function headNotes(): (now?: boolean) => Promise<void> {
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

/** Milliseconds in which commits are collected, to be sealed together. */
const gatherFor = 200;
const everyMs = 5000;

/**
 * Starts sealing audit events in the background: soon after this instance writes one, and every five seconds for the
 * others'. Also logs the chains' heads and overdue events. Returns a function that stops it after one more run.
 */
export function startAuditSealer(): () => Promise<void> {
  const noteHeads = headNotes();
  let running: Promise<void> | undefined;
  let isWanted = false;
  let soon: NodeJS.Timeout | undefined;
  const seal = (): Promise<void> => {
    isWanted = true;
    running ??= whileWanted();
    return running;
  };
  const note = (now = false) =>
    noteHeads(now).catch((error) => log.warn({ err: error }, "the audit log's heads could not be noted"));
  const whileWanted = async () => {
    while (isWanted) {
      isWanted = false;
      await sealPendingEvents().catch((error) => log.warn({ err: error }, "audit events could not be sealed"));
      await note();
    }
    running = undefined;
  };
  const sealSoon = () => {
    soon = undefined;
    void seal();
  };
  globalThis.vehaasWakeAuditSealer = () => {
    soon ??= setTimeout(() => withoutDatabaseDeadline(sealSoon), gatherFor).unref();
  };
  const noteOverdue = overdueNotes();
  // Independent of the sealing, which may hang.
  const watch = () =>
    noteOverdue().catch((error) => log.warn({ err: error }, "the check for overdue audit events failed"));
  const timer = setInterval(() => {
    void seal();
    void watch();
  }, everyMs).unref();
  void seal().then(watch);
  return async () => {
    globalThis.vehaasWakeAuditSealer = undefined;
    clearTimeout(soon);
    clearInterval(timer);
    await seal();
    await note(true);
  };
}
