import { beforeAll, beforeEach, expect, test } from "vitest";
import { flushUses } from "@/lib/access-tokens/uses/record";
import { createToken, expire, type TestToken } from "@/testing/access-tokens";
import { type Answer, ask } from "@/testing/api/ask";
import { serveApi } from "@/testing/api/server";
import { eventsOn } from "@/testing/audit";
import { createTenant } from "@/testing/tenant";

let base: string;
let admin: TestToken;
let token: TestToken;
let path: string;

beforeAll(async () => {
  base = await serveApi();
});
beforeEach(async () => {
  const { group } = await createTenant();
  admin = await createToken(group.admin, group.scope, { admin: true });
  token = await createToken(group.admin, group.scope, { name: "nightly" });
  path = `/api/v2.0/access-tokens/${token.id}`;
});

type Asking = { ifMatch?: string; by?: TestToken; name?: string };

function send(method: string, to: string, { ifMatch, by = admin, name }: Asking = {}): Promise<Answer> {
  const headers = {
    "private-token": by.secret,
    ...(ifMatch === undefined ? {} : { "if-match": ifMatch }),
    ...(name === undefined ? {} : { "content-type": "application/json" }),
  };
  return ask(base, to, { method, headers, body: name === undefined ? undefined : JSON.stringify({ name }) });
}

/** Each change; renaming gives a name that is new to the token. */
const changes: [string, (asking: Asking) => Promise<Answer>][] = [
  ["PATCH", (asking) => send("PATCH", path, { ...asking, name: "weekly" })],
  ["revoke", (asking) => send("POST", `${path}/revoke`, asking)],
  ["reactivate", (asking) => send("POST", `${path}/reactivate`, asking)],
  ["DELETE", (asking) => send("DELETE", path, asking)],
];

const etag = async () => String((await send("GET", path)).headers.etag);

test("the ETag is strong, is on every response with the token, and stays while nothing changes", async () => {
  const first = await etag();
  expect(first).toMatch(/^"tok_\w+-\d+"$/);
  expect((await send("HEAD", path)).headers.etag).toBe(first);
  await send("GET", "/api/v2.0/access-tokens/self", { by: token });
  await flushUses();
  expect((await send("GET", path)).body.last_used_at).not.toBeNull();
  expect(await etag()).toBe(first);

  const renamed = await send("PATCH", path, { name: "weekly" });
  const revoked = await send("POST", `${path}/revoke`);
  expect(await etag()).toBe(revoked.headers.etag);
  const active = await send("POST", `${path}/reactivate`);
  expect(new Set([first, ...[renamed, revoked, active].map(({ headers }) => headers.etag)]).size).toBe(4);
});

test("two tokens have different ETags", async () => {
  const other = await send("GET", `/api/v2.0/access-tokens/${admin.id}`);
  expect(other.headers.etag).not.toBe(await etag());
});

test.each(changes)("%s succeeds with the token's current ETag", async (_what, change) => {
  expect((await change({ ifMatch: await etag() })).status).toBeLessThan(300);
});

test.each(changes)("%s succeeds with the current ETag among several, and with *", async (_what, change) => {
  expect((await change({ ifMatch: `"a,b" ,W/"x", ${await etag()}` })).status).toBeLessThan(300);
  await createAgain();
  expect((await change({ ifMatch: `"other",${await etag()}` })).status).toBeLessThan(300);
  await createAgain();
  expect((await change({ ifMatch: "*" })).status).toBeLessThan(300);
});

async function createAgain(): Promise<void> {
  const { group } = await createTenant();
  admin = await createToken(group.admin, group.scope, { admin: true });
  token = await createToken(group.admin, group.scope, { name: "nightly" });
  path = `/api/v2.0/access-tokens/${token.id}`;
}

test.each(changes)("%s is refused with a stale ETag", async (_what, change) => {
  const stale = await etag();
  await send("PATCH", path, { name: "monthly" });
  const current = await etag();
  const events = await eventsOn(token.id);
  for (const ifMatch of [stale, `W/${current}`, '""', '"*"', `"${current.slice(1, -2)}"`]) {
    expect(await change({ ifMatch })).toMatchObject({
      status: 412,
      headers: { "content-type": "application/problem+json" },
      body: { code: "precondition_failed", status: 412 },
    });
  }
  expect(await etag()).toBe(current);
  expect(await eventsOn(token.id)).toEqual(events);
});

test.each(changes)("%s with an invalid If-Match is malformed", async (_what, change) => {
  const current = await etag();
  for (const ifMatch of [
    "",
    "x",
    current.slice(1, -1),
    `${current} ${current}`,
    `${current},`,
    `*, ${current}`,
    'w/"x"',
  ]) {
    expect(await change({ ifMatch }), ifMatch).toMatchObject({ status: 400, body: { code: "malformed" } });
  }
  expect(await etag()).toBe(current);
});

test("of two callers with the same version, only one changes the token", async () => {
  const ifMatch = await etag();
  const answers = await Promise.all(
    ["one", "two", "three", "four"].map((name) => send("PATCH", path, { ifMatch, name })),
  );
  expect(answers.map(({ status }) => status).sort()).toEqual([200, 412, 412, 412]);
});

test("a caller who may not change the token learns nothing of its version", async () => {
  const other = (await createTenant()).group;
  const stranger = await createToken(other.admin, other.scope, { admin: true });
  for (const [, change] of changes) {
    const hidden = await change({ ifMatch: '"stale"', by: stranger });
    expect(hidden).toMatchObject({ status: 404 });
    expect(await change({ ifMatch: await etag(), by: stranger })).toMatchObject({ status: 404, text: hidden.text });
    expect(await change({ ifMatch: '"stale"', by: token })).toMatchObject({ status: 403 });
  }
});

test("reactivating an expired token is a conflict even with its current ETag", async () => {
  await expire(token.id);
  for (const ifMatch of [undefined, "*", await etag()]) {
    expect((await send("POST", `${path}/reactivate`, { ifMatch })).status).toBe(409);
  }
});
