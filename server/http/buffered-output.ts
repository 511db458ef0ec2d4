import { once } from "node:events";
import { writeSync } from "node:fs";
import pino from "pino";

/** Characters that are written at once, and how long they wait at most, in milliseconds. */
const enough = 64 * 1024;
const longestWait = 100;
const mostUnread = 4 * 1024 * 1024;

/**
 * A destination for a log with a line for each request. Lines are written together once there are 64 KiB, after a tenth of
 * a second, and at exit: a write for each would wake another thread each time. They are joined before pino's destination
 * gets them, which measures all that waits again whenever it gets something. More than 4 MiB that nobody has read yet are
 * dropped. A reader that is gone, or a full disk, neither ends the process nor keeps it from ending.
 */
export function bufferedOutput(fd = 1) {
  const output = pino.destination({ fd, sync: false, minLength: enough, maxWrite: 2 * enough, maxLength: mostUnread });
  // As pino does it for a reader that is gone: at exit, its destination would try the same again for ever.
  output.on("error", () => {
    output.flushSync = () => {};
  });
  let lines: string[] = [];
  let length = 0;

  function pass(): void {
    if (length === 0) return;
    output.write(lines.join(""));
    lines = [];
    length = 0;
  }
  const timer = setInterval(() => {
    pass();
    output.flush();
  }, longestWait).unref();
  // pino's destination has its own listener, which comes first.
  const writeAtExit = () => writeNow(fd, lines.join(""));
  process.on("exit", writeAtExit);

  return {
    write(line: string): void {
      lines.push(line);
      length += line.length;
      if (length >= enough) pass();
    },
    /** Writes what there is, and closes the file. */
    async end(): Promise<void> {
      pass();
      clearInterval(timer);
      process.off("exit", writeAtExit);
      output.end();
      await once(output, "close");
    },
  };
}

/** Gives up if it can't write, or if nobody has read for a second. */
function writeNow(fd: number, text: string): void {
  let left = Buffer.from(text);
  for (let waits = 0; left.length > 0 && waits < 10; ) {
    try {
      left = left.subarray(writeSync(fd, left));
    } catch (error) {
      if (!(error instanceof Error && "code" in error && error.code === "EAGAIN")) return;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, longestWait);
      waits++;
    }
  }
}
