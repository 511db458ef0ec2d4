import type { ServerResponse } from "node:http";
import type { RequestContext } from "@/lib/request-context";

const retryAfter = 5;

/** Gives a page the status that it could not set: Next has one for all errors (500), and one for all else (200). */
export function answerStatus(response: ServerResponse, context: RequestContext): void {
  response.writeHead = new Proxy(response.writeHead, {
    apply(writeHead, self, [status, ...rest]) {
      return Reflect.apply(writeHead, self, [statusOf(response, context, status), ...rest]);
    },
  });
}

function statusOf(response: ServerResponse, context: RequestContext, status: unknown): unknown {
  if (status === 200 && context.isForbidden) return 403;
  if (status !== 500 || !context.databaseAway) return status;
  response.setHeader("retry-after", retryAfter);
  return 503;
}
