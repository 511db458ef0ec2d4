import type { ServerResponse } from "node:http";
import type { RequestContext } from "@/lib/request-context";

const retryAfter = 5;

/** Turns a page's 500 into a 503 if the database was unavailable: Next has one status for all errors. */
export function answerUnavailable(response: ServerResponse, context: RequestContext): void {
  response.writeHead = new Proxy(response.writeHead, {
    apply(writeHead, self, [status, ...rest]) {
      if (status !== 500 || !context.databaseAway) return Reflect.apply(writeHead, self, [status, ...rest]);
      response.setHeader("retry-after", retryAfter);
      return Reflect.apply(writeHead, self, [503, ...rest]);
    },
  });
}
