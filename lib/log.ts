import pino, { type Logger } from "pino";
import { processWide } from "./process/process-wide";
import { redact } from "./redact";
import { requestContext } from "./request-context";

let millisecond = 0;
let member = "";

/** Structured log lines on standard output, with the request's id and with secrets redacted. */
export const log: Logger = processWide.log ?? createLog();
processWide.log = log;

/** Lines have the current request's id and trace, unless the caller gives them with each line. */
export function createLog(
  destination: pino.DestinationStream = pino.destination({ fd: 1, sync: true }),
  { withRequest = true } = {},
): Logger {
  return pino(
    {
      level: knownLevel(process.env.LOG_LEVEL?.trim()),
      base: undefined,
      timestamp: timeMember,
      formatters: { level: (level) => ({ level }) },
      ...(withRequest ? { mixin: idsOfRequest } : {}),
      hooks: { streamWrite: redact },
    },
    destination,
  );
}

/** A line's time, as pino's own `isoTime` writes it. The lines of a millisecond share it. */
function timeMember(): string {
  const now = Date.now();
  if (now !== millisecond) {
    millisecond = now;
    member = `,"time":"${new Date(now).toISOString()}"`;
  }
  return member;
}

function idsOfRequest(): { requestId?: string; traceId?: string } {
  const request = requestContext();
  const traceId = request ? request.traceId : processWide.tracing?.traceId();
  return { ...(request && { requestId: request.requestId }), ...(traceId && { traceId }) };
}

/** The log exists before the settings are validated, so an invalid level must not fail. */
function knownLevel(name = "info"): string {
  return name === "silent" || name in pino.levels.values ? name : "info";
}

/** Routes console output of libraries through the log, for redaction and the request's id. */
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
