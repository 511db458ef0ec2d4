import { randomUUID } from "node:crypto";
import type { IncomingMessage, RequestListener, ServerResponse } from "node:http";
import { settings } from "@/lib/env";
import { type RequestContext, withRequestContext } from "@/lib/request-context";
import { answerUnavailable } from "./answer-unavailable";
import { preparePage } from "./page-headers";
import { clientAddress, comesFromOwnPage, publicOrigin } from "./public-origin";
import { logWhenDone } from "./request-log";

type Handler = (request: IncomingMessage, response: ServerResponse) => unknown;

const apiPath = /^\/(api\/v2\.0|health)(?=[/?]|$)/;

/** One port for both: the REST API and the health checks go straight to Hono, everything else to Next. */
export function createRequestListener(handlers: { api: Handler; pages: Handler; dev: boolean }): RequestListener {
  const { AUTH_URL: authUrl, OIDC_ISSUER: oidcIssuer } = settings();
  return (request, response) => {
    const isApi = apiPath.test(request.url ?? "");
    const channel = isApi ? "api" : "page";
    const address = clientAddress(request, authUrl);
    const userAgent = request.headers["user-agent"];
    const context: RequestContext = { requestId: randomUUID(), channel, address, userAgent };
    withRequestContext(context, () => {
      logWhenDone(request, response, context.requestId);
      if (authUrl?.startsWith("https:")) response.setHeader("strict-transport-security", "max-age=63072000");
      // The API tells its request id itself: headers of two hands would cost it more than this line.
      if (isApi) return handlers.api(request, response);
      response.setHeader("x-request-id", context.requestId);
      const origin = publicOrigin(request, authUrl);
      if (!origin) return refuse(response, 400, "The Host header names no host.");
      if (!isReadable(request)) return refuse(response, 400, "This request can't be read.");
      answerUnavailable(response, context);
      preparePage(request, response, { origin, oidcIssuer, dev: handlers.dev });
      if (!comesFromOwnPage(request, origin))
        return refuse(response, 403, "This request does not come from a page of this site.");
      return handlers.pages(request, response);
    });
  };
}

/** Next answers 500 to an address that doesn't decode, and to a form of several parts without their boundary. */
function isReadable({ url = "/", headers }: IncomingMessage): boolean {
  const isFormWithoutBoundary =
    /^multipart\//i.test(headers["content-type"] ?? "") && !/boundary=./i.test(headers["content-type"] ?? "");
  return !isFormWithoutBoundary && isDecodable(url.split("?", 1)[0] ?? "/");
}

function isDecodable(path: string): boolean {
  try {
    return !decodeURIComponent(path).includes("\0");
  } catch {
    return false;
  }
}

function refuse(response: ServerResponse, status: number, reason: string): void {
  response.writeHead(status, { "content-type": "text/plain; charset=utf-8" }).end(`${reason}\n`);
}
