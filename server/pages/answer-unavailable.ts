import type { ServerResponse } from "node:http";
import type { RequestContext } from "@/lib/request-context";

const retryAfter = 5;

/** Makes a page's 500 a 503 where it failed for want of the database: Next knows one status for all errors. */
export function answerUnavailable(response: ServerResponse, context: RequestContext): void {
  response.writeHead = new Proxy(response.writeHead, {
    apply(writeHead, self, [status, ...rest]) {
      if (status !== 500 || !context.databaseAway) return Reflect.apply(writeHead, self, [status, ...rest]);
      response.setHeader("retry-after", retryAfter);
      return Reflect.apply(writeHead, self, [503, ...rest]);
    },
  });
}
