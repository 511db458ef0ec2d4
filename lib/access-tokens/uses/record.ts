import { everySecond } from "@/lib/process/every-second";
import { requestContext } from "@/lib/request-context";
import { createTallies, type Used } from "./tallies";
import { writeUses } from "./write";

/**
 * Counts the uses of access tokens in memory, and writes each token's at most once in five minutes. An instance has one
 * recorder. `clock` gives milliseconds and is never set.
 */
export function createUseRecorder(clock = () => performance.now()) {
  const tallies = createTallies(clock);
  /** The latest write, which may still be running. */
  let writing = Promise.resolve();

  /** Notes a use of the token by the current request. */
  function recordUse(tokenId: string, used?: Used): void {
    tallies.add(tokenId, used, requestContext() ?? { address: null });
  }

  /** Writes what is due, or all noted uses if `all`. What fails is tried again later. */
  function write(all: boolean): Promise<void> {
    // The caller that began the earlier write handles its failure.
    writing = writing.catch(() => {}).then(() => writeUnwritten(all));
    return writing;
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

  return { recordUse, writeDueUses: () => write(false), flushUses: () => write(true) };
}

const recorder = createUseRecorder();
export const { recordUse, flushUses } = recorder;

everySecond("recording uses of access tokens", recorder.writeDueUses, recorder.flushUses);
