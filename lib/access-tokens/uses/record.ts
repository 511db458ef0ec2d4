import { withoutDatabaseDeadline } from "@/lib/database-deadline";
import { log } from "@/lib/log";
import { requestContext } from "@/lib/request-context";
import { createTallies } from "./tallies";
import { forgetEarlierDays, writeUses } from "./write";

const writeAfter = 1000;
const forgetEvery = 60 * 60_000;

/**
 * Counts the uses of access tokens in memory, and writes each token's at most once in five minutes. An instance has one
 * recorder. `clock` gives milliseconds and is never set.
 */
export function createUseRecorder(clock = () => performance.now()) {
  const tallies = createTallies(clock);
  let timer: NodeJS.Timeout | null = null;
  /** The latest write, which may still be running. */
  let writing = Promise.resolve();
  let forgetAt = clock() + forgetEvery;

  /** Notes a use of the token by the current request. */
  function recordUse(tokenId: string): void {
    tallies.add(tokenId, requestContext() ?? { address: null });
    writeSoon();
  }

  function writeSoon(): void {
    if (timer) return;
    timer = setTimeout(() => withoutDatabaseDeadline(writeInBackground), writeAfter).unref();
  }

  function writeInBackground(): void {
    timer = null;
    writeDueUses()
      .then(forgetSometimes)
      .catch((error) => log.warn({ err: error }, "uses of access tokens could not be recorded; they are tried again"))
      .finally(() => tallies.hasUnwritten() && writeSoon());
  }

  /** Writes what is due. */
  function writeDueUses(): Promise<void> {
    return write(false);
  }

  /** Writes all noted uses, after the write in progress. Called at shutdown. */
  function flushUses(): Promise<void> {
    return write(true);
  }

  function write(all: boolean): Promise<void> {
    // The caller that began the earlier write handles its failure.
    writing = writing.catch(() => {}).then(() => writeUnwritten(all));
    return writing;
  }

  async function forgetSometimes(): Promise<void> {
    if (clock() < forgetAt || (await forgetEarlierDays())) return;
    forgetAt = clock() + forgetEvery;
  }

  async function writeUnwritten(all: boolean): Promise<void> {
    const uses = tallies.unwritten(all);
    const open = new Set(uses);
    try {
      await writeUses(uses, clock, (one, outcome) => {
        open.delete(one);
        tallies.settle(one, outcome);
      });
    } finally {
      for (const one of open) tallies.settle(one, "failed");
    }
  }

  return { recordUse, writeDueUses, flushUses };
}

export const { recordUse, flushUses } = createUseRecorder();
