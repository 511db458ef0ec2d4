import { log } from "@/lib/log";
import { type BackgroundWork, processWide } from "@/lib/process/process-wide";

/** Without `everySeconds` it runs every second and once more at the stop. */
export type TimedWork = BackgroundWork & { everySeconds?: number };

const secondsBetweenLogs = 60;

/**
 * Starts the one timer of the background. It runs this work and what `lib` has registered, the first time at once. Work
 * that still runs is skipped, and delays no other. Returns a function that stops the timer after the last runs.
 */
export function startTimer(own: TimedWork[]): () => Promise<void> {
  const running = new Map<TimedWork, Promise<void>>();
  const loggedAt = new Map<TimedWork, number>();
  const all = (): TimedWork[] => [...own, ...processWide.everySecond];
  let second = 0;

  const run = async (work: TimedWork, isLast = false): Promise<void> => {
    try {
      await (isLast && work.atStop ? work.atStop() : work.run());
      loggedAt.delete(work);
    } catch (error) {
      if (second - (loggedAt.get(work) ?? Number.NEGATIVE_INFINITY) < secondsBetweenLogs) return;
      loggedAt.set(work, second);
      log.warn({ err: error }, `${work.name} failed`);
    }
  };
  const runUnlessRunning = (work: TimedWork): void => {
    if (running.has(work)) return;
    running.set(
      work,
      run(work).finally(() => running.delete(work)),
    );
  };
  const tick = (): void => {
    for (const work of all()) if (second % (work.everySeconds ?? 1) === 0) runUnlessRunning(work);
    second++;
  };

  tick();
  const timer = setInterval(tick, 1000).unref();
  return async () => {
    clearInterval(timer);
    const last = all().filter(({ everySeconds }) => everySeconds === undefined);
    await Promise.all([
      ...running.values(),
      ...last.map(async (work) => {
        await running.get(work);
        await run(work, true);
      }),
    ]);
  };
}
