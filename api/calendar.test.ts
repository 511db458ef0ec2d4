import { beforeAll, beforeEach, expect, test, vi } from "vitest";
import { editAccessToken } from "@/lib/access-tokens/edit";
import { createCalendar, revokeCalendar } from "@/lib/calendars/change";
import { createToken, inDays, type TestToken } from "@/testing/access-tokens";
import { insertAccess } from "@/testing/accesses";
import { ask } from "@/testing/api/ask";
import { serveApi, serveApiWithContext } from "@/testing/api/server";
import { statementsOf } from "@/testing/database/statements";
import { createTenant, type Tenant } from "@/testing/tenant";

const origin = "https://tokens.example.com";
const name = "nightly, HIL; a\\b “x”";

let base: string;
let group: Tenant["group"];
let token: TestToken;
let path: string;

beforeAll(async () => {
  vi.stubEnv("AUTH_URL", origin);
  base = await serveApi();
});
beforeEach(async () => {
  ({ group } = await createTenant());
  token = await createToken(group.admin, group.scope, { name, expiresAt: inDays(20) });
  path = `/calendar/${(await createCalendar(group.admin, group.scope)).secret}.ics`;
});

/** The properties of each event (RFC 5545): unfolded, and TEXT without its escapes. */
function eventsIn(text: string): Record<string, string>[] {
  const lines = text.replaceAll("\r\n ", "").split("\r\n");
  const events: Record<string, string>[] = [];
  for (const line of lines) {
    const [property = "", ...value] = line.split(":");
    const unescaped = value.join(":").replace(/\\([\\;,n])/g, (_, one) => (one === "n" ? "\n" : one));
    if (line === "BEGIN:VEVENT") events.push({});
    else Object.assign(events.at(-1) ?? {}, { [property.split(";", 1)[0] ?? ""]: unescaped });
  }
  return events;
}

const inUtc = (at: Date) => at.toISOString().replace(/[-:]|\.\d+/g, "");

test("the link answers the expirations as events at their instants", async () => {
  const expiresAt = new Date("2027-03-01T10:20:30Z");
  const accessId = await insertAccess(token, { tokenExpiresAt: expiresAt });
  const { status, headers, text } = await ask(base, path);
  expect(status).toBe(200);
  expect(headers).toMatchObject({
    "content-type": "text/calendar; charset=utf-8",
    "cache-control": "private, no-cache",
  });
  expect(headers["set-cookie"]).toBeUndefined();
  expect(text).toMatch(/^BEGIN:VCALENDAR\r\nVERSION:2\.0\r\n/);
  expect(text).toContain(`X-WR-CALNAME:Access tokens of ${group.name}\r\n`);
  expect(Math.max(...text.split("\r\n").map((line) => Buffer.byteLength(line)))).toBeLessThanOrEqual(75);
  const page = `${origin}/groups/${group.id}/access-tokens/${token.id}`;
  expect(eventsIn(text)).toMatchObject([
    {
      UID: token.id,
      DTSTART: inUtc(token.expiresAt),
      SUMMARY: `Access token “${name}” of ${group.name} expires`,
      URL: page,
      TRANSP: "TRANSPARENT",
    },
    {
      UID: accessId,
      DTSTART: "20270301T102030Z",
      SUMMARY: `Credential of access token “${name}” for https://gitlab.example expires`,
      URL: page,
    },
  ]);
});

test("HEAD, and a version: 304 until something changes", async () => {
  const { headers } = await ask(base, path);
  const etag = String(headers.etag);
  expect(await ask(base, path, { method: "HEAD" })).toMatchObject({ status: 200, text: "", headers: { etag } });
  for (const known of [etag, `W/${etag}`, `"x", ${etag}`, "*"]) {
    const again = await ask(base, path, { headers: { "if-none-match": known } });
    expect(again).toMatchObject({ status: 304, text: "", headers: { etag, "cache-control": "private, no-cache" } });
  }
  await editAccessToken(group.admin, token.id, { name: "renamed" });
  const changed = await ask(base, path, { headers: { "if-none-match": etag } });
  expect(changed.status).toBe(200);
  expect(changed.text).toContain("renamed");
});

test("any query, Accept and credential is taken", async () => {
  const headers = { accept: "text/calendar", authorization: "Bearer x", "private-token": "y", cookie: "a=b" };
  expect((await ask(base, `${path}?nocache=1`, { headers })).status).toBe(200);
});

test("an unknown, malformed and revoked link answer the same", async () => {
  const unknown = await ask(base, `/calendar/${"x".repeat(43)}.ics`);
  expect(unknown).toMatchObject({ status: 404, body: { code: "not_found" } });
  await revokeCalendar(group.admin, group.scope);
  for (const other of [path, path.slice(0, -4), "/calendar/x.ics", "/calendar/%00.ics"]) {
    const answer = await ask(base, other, { headers: { "if-none-match": "*" } });
    expect([answer.status, answer.text]).toEqual([404, unknown.text]);
  }
  expect(await ask(base, path, { method: "POST" })).toMatchObject({ status: 405, headers: { allow: "GET, HEAD" } });
});

test("a network that asks too often waits, before the link is looked up", async () => {
  base = await serveApiWithContext();
  for (let time = 0; time < 120; time++) expect((await ask(base, path)).status).toBe(200);
  const statements = await statementsOf(async () => {
    expect(await ask(base, path)).toMatchObject({ status: 429, body: { code: "rate_limited" } });
  });
  expect(statements.join()).not.toContain("calendars");
});
