import { createHash } from "node:crypto";
import { createRoute, OpenAPIHono, z } from "@hono/zod-openapi";
import ical, { ICalEventBusyStatus, type ICalEventData, ICalEventTransparency } from "ical-generator";
import { type Expirations, findExpirations } from "@/lib/calendars/queries";
import { settings } from "@/lib/env";
import { publicErrors } from "./description/error-responses";
import { askedBy } from "./description/security";
import { answerHeaders } from "./http/answer";
import type { ApiEnv } from "./http/env";
import { etagHeader, isCurrent } from "./http/etag";
import { limitedByNetwork } from "./http/rate-limit";

const limit = limitedByNetwork({ name: "calendar", points: 120, what: "requests for calendars from this network" });
const ending = ".ics";
const secondsBetweenReads = 6 * 60 * 60;

const headers = etagHeader("The version, for `If-None-Match`", '"pLc8…"');

const read = createRoute({
  method: "get",
  path: "/{file}",
  operationId: "getCalendar",
  tags: ["Calendar"],
  summary: "Read a calendar of expirations",
  description:
    "For calendar programs, which subscribe to the link of a group or an organization. The link is made and revoked on the tab Settings, and is the only credential. The calendar has the expirations of access tokens that are not revoked, and of their stored credentials.",
  security: askedBy.anyone,
  // Outside /api/v2.0.
  servers: [{ url: "/" }],
  middleware: [limit],
  request: {
    params: z.object({
      file: z.string().openapi({ description: "The secret of the link, with `.ics`", param: { example: "q7Zk….ics" } }),
    }),
  },
  responses: {
    200: {
      description: "The calendar",
      headers,
      content: { "text/calendar": { schema: z.string(), example: "BEGIN:VCALENDAR\r\n…\r\nEND:VCALENDAR" } },
    },
    304: { description: "It is as `If-None-Match` says", headers },
    ...publicErrors("not_found", "rate_limited", "internal", "unavailable"),
  },
});

/** Takes any Accept header and query: calendar programs send their own. */
export const calendar = new OpenAPIHono<ApiEnv>().openapi(read, async (c) => {
  const { file } = c.req.valid("param");
  const origin = settings().AUTH_URL ?? new URL(c.req.url).origin;
  const secret = file.endsWith(ending) ? file.slice(0, -ending.length) : "";
  const body = calendarOf(await findExpirations(secret), origin);
  const etag = `"${createHash("sha256").update(body).digest("base64url")}"`;
  // Each reader asks again, so that a revoked link ends at once.
  const head = { ...answerHeaders("text/calendar; charset=utf-8"), "cache-control": "private, no-cache", etag };
  if (isCurrent(c.req.header("if-none-match"), etag)) return new Response(null, { status: 304, headers: head });
  return new Response(body, { status: 200, headers: head });
});

function calendarOf({ owner, tokens, credentials }: Expirations, origin: string): string {
  const pathOf = (tokenId: string) =>
    owner.groupId
      ? `${origin}/groups/${owner.groupId}/access-tokens/${tokenId}`
      : `${origin}/organizations/${owner.organizationId}/access-tokens/${tokenId}`;
  const calendar = ical({
    prodId: { company: "veHaaS", product: "Access Tokens" },
    ttl: secondsBetweenReads,
    // Not `name`, which ical-generator does not escape.
    x: [["X-WR-CALNAME", `Access tokens of ${owner.name}`]],
  });
  for (const { id, name, ...at } of tokens) {
    const summary = `Access token “${name}” of ${owner.name} expires`;
    const description = "Scripts, CI pipelines and runners that use it are refused from then on.";
    calendar.createEvent({ ...eventAt(id, at), summary, description, url: pathOf(id) });
  }
  for (const { id, token, providerUrl, ...at } of credentials) {
    const summary = `Credential of access token “${token.name}” for ${providerUrl} expires`;
    const description = "Sessions can’t register runners with it from then on.";
    calendar.createEvent({ ...eventAt(id, at), summary, description, url: pathOf(token.id) });
  }
  return calendar.toString();
}

/** Without an end: it takes no time, and makes nobody busy. */
function eventAt(id: string, { createdAt, expiresAt }: { createdAt: Date; expiresAt: Date }): ICalEventData {
  return {
    id,
    start: expiresAt,
    // Not the time of the answer: the same content has the same version.
    stamp: createdAt,
    transparency: ICalEventTransparency.TRANSPARENT,
    busystatus: ICalEventBusyStatus.FREE,
  };
}
