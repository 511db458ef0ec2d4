import type { IncomingMessage, ServerResponse } from "node:http";
import { log } from "@/lib/log";

const delay = 100;
const finished: object[] = [];

/**
 * Logs the finished request. Lines of the same tenth of a second are written together, since single writes would cost
 * the API a tenth of its throughput.
 */
export function logWhenDone(request: IncomingMessage, response: ServerResponse, requestId: string): void {
  if (!log.isLevelEnabled("info")) return;
  const begun = performance.now();
  const { method } = request;
  // Without the query, which may contain typed text or misplaced secrets.
  const path = request.url?.split("?", 1)[0];
  response.once("close", () => {
    const ms = Math.round(performance.now() - begun);
    const aborted = response.writableFinished ? undefined : true;
    const waiting = finished.push({ requestId, method, path, status: response.statusCode, ms, aborted });
    if (waiting === 1) writeSoon();
  });
}

function writeSoon(): void {
  setTimeout(writeFinished, delay).unref();
  process.once("exit", writeFinished);
}

function writeFinished(): void {
  process.off("exit", writeFinished);
  for (const request of finished.splice(0)) log.info(request, "request");
}
