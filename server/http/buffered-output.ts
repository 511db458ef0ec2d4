import { once } from "node:events";
import pino from "pino";

/** Characters that are written at once, and how long they wait at most, in milliseconds. */
const enough = 16 * 1024;
const longestWait = 100;
const mostUnread = 4 * 1024 * 1024;

/**
 * A destination for a log with a line for each request. Lines are written together once there are 16 KiB, after a tenth of
 * a second, and at exit: a write for each would wake another thread each time. They are joined before pino's destination
 * gets them, which measures all that waits again whenever it gets something. More than 4 MiB that nobody has read yet are
 * dropped.
 */
export function bufferedOutput(fd = 1) {
  const output = pino.destination({ fd, sync: false, minLength: enough, maxWrite: 2 * enough, maxLength: mostUnread });
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
  // pino's destination has its own listener, which may come first.
  const passAtExit = () => {
    pass();
    output.flushSync();
  };
  process.on("exit", passAtExit);

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
      process.off("exit", passAtExit);
      output.end();
      await once(output, "close");
    },
  };
}
