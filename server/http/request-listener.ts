import { randomUUID } from "node:crypto";
import type { IncomingMessage, RequestListener, ServerResponse } from "node:http";
import { settings } from "@/lib/env";
import { type RequestContext, withRequestContext } from "@/lib/request-context";
import { answerUnavailable } from "@/server/pages/answer-unavailable";
import { preparePage } from "@/server/pages/page-headers";
import { isSoundRouterState } from "@/server/pages/router-state";
import { clientAddressOf } from "./client-address";
import { comesFromOwnPage, publicOrigin } from "./public-origin";
import { readHead } from "./request-head";
import { logWhenDone } from "./request-log";

type Handler = (request: IncomingMessage, response: ServerResponse) => unknown;

const apiPath = /^\/(api\/v2\.0|health)(?=[/?]|$)/;

/** One port for both: the REST API and the health checks go straight to Hono, everything else to Next. */
export function createRequestListener(handlers: { api: Handler; pages: Handler; dev: boolean }): RequestListener {
  const { AUTH_URL: authUrl, OIDC_ISSUER: oidcIssuer, TRUSTED_PROXIES: trustedProxies } = settings();
  const clientAddress = clientAddressOf({ authUrl, trustedProxies });
  return (request, response) => {
    const isSound = readHead(request);
    const isApi = apiPath.test(request.url ?? "");
    const channel = isApi ? "api" : "page";
    const address = clientAddress(request);
    const userAgent = request.headers["user-agent"];
    const context: RequestContext = { requestId: randomUUID(), channel, address, userAgent };
    withRequestContext(context, () => {
      logWhenDone(request, response, context.requestId);
      if (authUrl?.startsWith("https:")) response.setHeader("strict-transport-security", "max-age=63072000");
      if (!isSound) return refuseHead(response, context.requestId);
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

/** What our pages take is a handful. Next takes the square of their number in time: 3,500 took a second. */
const mostParameters = 64;

/** Next answers 500 to an address or a router state that doesn't decode, and to a form of several parts without their boundary. */
function isReadable({ url = "/", headers }: IncomingMessage): boolean {
  const isFormWithoutBoundary =
    /^multipart\//i.test(headers["content-type"] ?? "") && !/boundary=./i.test(headers["content-type"] ?? "");
  if (isFormWithoutBoundary || !isSoundRouterState(headers["next-router-state-tree"])) return false;
  const [path = "/"] = url.split("?", 1);
  return isDecodable(path) && url.slice(path.length).split("&", mostParameters + 1).length <= mostParameters;
}

function isDecodable(path: string): boolean {
  try {
    return !decodeURIComponent(path).includes("\0");
  } catch {
    return false;
  }
}

/** Before it is clear whom it is for: in the dialect of programs, as what can't be read at all is answered. */
function refuseHead(response: ServerResponse, requestId: string): void {
  const detail = "This request can't be read: its target, or a header that may come once, is ambiguous.";
  const body = JSON.stringify({ type: "about:blank", title: "Bad Request", status: 400, code: "malformed", detail });
  const headers = {
    "content-type": "application/problem+json",
    "content-length": Buffer.byteLength(body),
    "cache-control": "no-store",
    "x-content-type-options": "nosniff",
    "x-request-id": requestId,
  };
  response.writeHead(400, headers).end(body);
}

function refuse(response: ServerResponse, status: number, reason: string): void {
  response.writeHead(status, { "content-type": "text/plain; charset=utf-8" }).end(`${reason}\n`);
}
