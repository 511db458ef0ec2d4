import pino, { type Logger } from "pino";
import { redact } from "./redact";
import { requestContext } from "./request-context";

declare global {
  var vehaasLog: Logger | undefined;
}

/** Structured log lines on standard output, each with its request's id, none with a secret. */
globalThis.vehaasLog ??= createLog();
export const log = globalThis.vehaasLog;

/** Exported for the test of the redaction, which reads what is written. */
export function createLog(destination: pino.DestinationStream = pino.destination({ fd: 1, sync: true })): Logger {
  return pino(
    {
      level: knownLevel(process.env.LOG_LEVEL?.trim()),
      base: undefined,
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (level) => ({ level }) },
      mixin: () => {
        const request = requestContext();
        return request ? { requestId: request.requestId } : {};
      },
      hooks: { streamWrite: redact },
    },
    destination,
  );
}

/** The log is there before the settings are checked, and has to bear a wrong one. */
function knownLevel(name = "info"): string {
  return name === "silent" || name in pino.levels.values ? name : "info";
}

/** Sends what libraries print through the log, so that redaction and the request's id hold for it too. */
export function captureConsole(): void {
  for (const level of ["debug", "info", "warn", "error"] as const) {
    console[level] = (...values: unknown[]) => {
      const error = values.find((value) => value instanceof Error);
      log[level](
        error ? { err: error } : {},
        values
          .filter((value) => value !== error)
          .map(String)
          .join(" "),
      );
    };
  }
}
