import { sealPendingEvents } from "@/lib/audit/chain-seal";
import { log } from "@/lib/log";

/** Those who commit within it are sealed together. */
const gatherFor = 200;
const everyMs = 5000;

/**
 * Starts to seal audit events in the background: soon after one is written here, and every five seconds whatever waits.
 * Answers how to stop it, which seals once more.
 */
export function startAuditSealer(): () => Promise<void> {
  let running: Promise<void> | undefined;
  let isWanted = false;
  let soon: NodeJS.Timeout | undefined;
  const seal = (): Promise<void> => {
    isWanted = true;
    running ??= whileWanted();
    return running;
  };
  const whileWanted = async () => {
    while (isWanted) {
      isWanted = false;
      await sealPendingEvents().catch((error) => log.warn({ err: error }, "audit events could not be sealed"));
    }
    running = undefined;
  };
  const sealSoon = () => {
    soon = undefined;
    void seal();
  };
  globalThis.vehaasWakeAuditSealer = () => {
    soon ??= setTimeout(sealSoon, gatherFor).unref();
  };
  const timer = setInterval(seal, everyMs).unref();
  void seal();
  return async () => {
    globalThis.vehaasWakeAuditSealer = undefined;
    clearTimeout(soon);
    clearInterval(timer);
    await seal();
  };
}
