import pino from "pino";
import { onTestFinished } from "vitest";
import { log } from "@/lib/log";

type Line = { level: string; msg: string; head?: string; organizationId?: string; waiting?: number };

/** Collects the log lines from now until the test ends. */
export function logged(): Line[] {
  const lines: Line[] = [];
  const { level } = log;
  log.level = "info";
  Object.assign(log, { [pino.symbols.streamSym]: { write: (line: string) => lines.push(JSON.parse(line)) } });
  onTestFinished(() => {
    log.level = level;
  });
  return lines;
}
