import type { IncomingMessage, ServerResponse } from "node:http";
import type pino from "pino";
import { createLog } from "@/lib/log";
import type { RequestContext } from "@/lib/request-context";
import { bufferedOutput } from "./buffered-output";

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
    response.on("close", () => {
      const ms = Math.round(performance.now() - begun);
      const aborted = response.writableFinished ? undefined : true;
      requests.info({ requestId, traceId, method, path, status: response.statusCode, ms, aborted }, "request");
    });
  };
}
