import { randomUUID } from "node:crypto";
import type { IncomingMessage, RequestListener, ServerResponse } from "node:http";
import { settings } from "@/lib/env";
import { processWide } from "@/lib/process/process-wide";
import { keptUserAgent, type RequestContext, withRequestContext } from "@/lib/request-context";
import { themeOf } from "@/lib/web/session-cookie";
import { answerStatus } from "@/server/pages/answer-status";
import { isValidRouterState, preparePage } from "@/server/pages/page-headers";
import { pageRoute } from "@/server/pages/page-routes";
import { clientAddressOf } from "./client-address";
import { comesFromOwnPage, publicOrigin, readHead } from "./request-head";
import { createRequestLog } from "./request-log";

type Handler = (request: IncomingMessage, response: ServerResponse) => unknown;

const apiPath = /^\/(api\/v2\.0|health|calendar)(?=[/?]|$)/;

/** One port for both: Hono gets the REST API, the health checks and the calendars, Next everything else. */
export function createRequestListener(handlers: { api: Handler; pages: Handler; dev: boolean }): RequestListener {
  const { AUTH_URL: authUrl, OIDC_ISSUER: oidcIssuer, TRUSTED_PROXIES: trustedProxies } = settings();
  const clientAddress = clientAddressOf({ authUrl, trustedProxies });
  const logWhenDone = createRequestLog();
  return (request, response) => {
    const isHeadValid = readHead(request);
    const isApi = apiPath.test(request.url ?? "");
    const channel = isApi ? "api" : "page";
    const address = clientAddress(request);
    const userAgent = keptUserAgent(request.headers["user-agent"]);
    const context: RequestContext = { requestId: randomUUID(), channel, address, userAgent };
    const handle = () => {
      logWhenDone(request, response, context);
      countWhenDone(request, response, context);
      if (authUrl?.startsWith("https:")) response.setHeader("strict-transport-security", "max-age=63072000");
      if (!isHeadValid) return refuseHead(response, context.requestId);
      // The API sets its own x-request-id header: adding it here as well would be slower.
      if (isApi) return handlers.api(request, response);
      context.route = pageRoute(request.url);
      context.theme = themeOf(request);
      response.setHeader("x-request-id", context.requestId);
      const origin = publicOrigin(request, authUrl);
      if (!origin) return refuse(response, 400, "The Host header names no host.");
      if (!isReadable(request)) return refuse(response, 400, "This request can't be read.");
      answerStatus(response, context);
      preparePage(request, response, { origin, oidcIssuer, dev: handlers.dev });
      if (!comesFromOwnPage(request, origin))
        return refuse(response, 403, "This request does not come from a page of this site.");
      return handlers.pages(request, response);
    };
    const { tracing } = processWide;
    const inContext = () => withRequestContext(context, handle);
    if (tracing) tracing.request(request, response, context, inContext);
    else inContext();
  };
}

/** Counts a request for the metrics once it is finished. */
function countWhenDone({ method }: IncomingMessage, response: ServerResponse, context: RequestContext): void {
  const { metrics } = processWide;
  if (!metrics) return;
  const begun = performance.now();
  response.on("close", () => {
    metrics.countRequest(method, context.route, response.statusCode, (performance.now() - begun) / 1000);
  });
}

/** Our pages use few parameters. Next takes quadratic time in their number: 3,500 took a second. */
const mostParameters = 64;

/** False for an undecodable URL or router state or a multipart form without a boundary: Next would answer 500. */
function isReadable({ url = "/", headers }: IncomingMessage): boolean {
  const isFormWithoutBoundary =
    /^multipart\//i.test(headers["content-type"] ?? "") && !/boundary=./i.test(headers["content-type"] ?? "");
  if (isFormWithoutBoundary || !isValidRouterState(headers["next-router-state-tree"])) return false;
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

/** Answers in the API's format, since the receiver is not known yet. */
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
