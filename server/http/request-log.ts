import type { IncomingMessage, ServerResponse } from "node:http";
import pino from "pino";
import { createLog } from "@/lib/log";
import type { RequestContext } from "@/lib/request-context";

/**
 * Lines are written when there are 4 KiB, after a tenth of a second, and at exit: single writes cost a tenth of the
 * throughput. The library measures what waits for each line again, so more would cost more. More than 4 MiB that nobody
 * has read yet are dropped.
 */
export function bufferedOutput(fd = 1) {
  return pino.destination({ fd, sync: false, minLength: 4096, maxLength: 4 * 1024 * 1024, periodicFlush: 100 });
}

type RequestIds = Pick<RequestContext, "requestId" | "traceId">;

/** Returns a function that logs a request once it is finished. */
export function createRequestLog(destination: pino.DestinationStream = bufferedOutput()) {
  const requests = createLog(destination, { withRequest: false });
  return (request: IncomingMessage, response: ServerResponse, { requestId, traceId }: RequestIds): void => {
    if (!requests.isLevelEnabled("info")) return;
    const begun = performance.now();
    const { method } = request;
    // Without the query, which may contain typed text or misplaced secrets.
    const path = request.url?.split("?", 1)[0];
    response.once("close", () => {
      const ms = Math.round(performance.now() - begun);
      const aborted = response.writableFinished ? undefined : true;
      requests.info({ requestId, traceId, method, path, status: response.statusCode, ms, aborted }, "request");
    });
  };
}
