import { beforeAll, beforeEach, expect, test } from "vitest";
import { createToken, type TestToken } from "@/testing/access-tokens";
import { type Answer, ask } from "@/testing/api/ask";
import { serveApi } from "@/testing/api/server";
import { accessesOf, gitlabBody, useProviders } from "@/testing/api/version-control";
import { eventsOn } from "@/testing/audit";
import { gitlabToken } from "@/testing/stand-ins/gitlab-credentials";
import { createTenant, type Tenant } from "@/testing/tenant";

const providers = useProviders();

let base: string;
let tenant: Tenant;
let admin: TestToken;
let one: string;
/** The access's ETag when it was added. */
let first: string;

beforeAll(async () => {
  base = await serveApi();
});
beforeEach(async () => {
  tenant = await createTenant();
  admin = await createToken(tenant.group.admin, tenant.group.scope, { admin: true });
  await addAgain();
});

async function addAgain(): Promise<void> {
  const { status, headers, body } = await send("POST", accessesOf(admin.id), { body: gitlabBody(providers) });
  expect(status).toBe(201);
  first = String(headers.etag);
  one = `${accessesOf(admin.id)}/${body.id}`;
}

type Asking = { ifMatch?: string; by?: TestToken; body?: unknown };

function send(method: string, to: string, { ifMatch, by = admin, body }: Asking = {}): Promise<Answer> {
  const headers = {
    "private-token": by.secret,
    ...(ifMatch === undefined ? {} : { "if-match": ifMatch }),
    ...(body === undefined ? {} : { "content-type": "application/json" }),
  };
  return ask(base, to, { method, headers, body: body === undefined ? undefined : JSON.stringify(body) });
}

const replacement = { token: gitlabToken("groupBot") };
const replace = (asking: Asking = {}) => send("PUT", `${one}/token`, { body: replacement, ...asking });
const edit = (asking: Asking = {}) => send("PATCH", one, { body: { allowed_tags: ["bench"] }, ...asking });
const etag = async () => String((await send("GET", one)).headers.etag);

/** Each change; the last one removes the access. */
const changes: [string, (asking?: Asking) => Promise<Answer>][] = [
  ["PUT token", replace],
  ["PATCH", edit],
  ["check", (asking) => send("POST", `${one}/check`, asking)],
  ["DELETE", (asking) => send("DELETE", one, asking)],
];

test("the ETag is strong, is on every response with one access, and differs after each change", async () => {
  expect(first).toMatch(/^"vca_\w+-\d+"$/);
  expect(await etag()).toBe(first);
  expect((await send("HEAD", one)).headers.etag).toBe(first);
  const replaced = await replace();
  expect(replaced.headers.etag).toMatch(/^"vca_\w+-\d+"$/);
  expect(await etag()).toBe(replaced.headers.etag);
  const again = await replace();
  const edited = await edit();
  expect(new Set([first, ...[replaced, again, edited].map(({ headers }) => headers.etag)]).size).toBe(4);
});

test("an access is the same alone and in the list", async () => {
  const { status, body } = await send("GET", one);
  expect(status).toBe(200);
  expect((await send("GET", accessesOf(admin.id))).body).toEqual({ items: [body], next_cursor: null });
  expect(body).not.toHaveProperty("revision");
});

test("a check keeps the ETag, whatever its result", async () => {
  expect((await send("POST", `${one}/check`)).headers.etag).toBe(first);
  providers.gitlab.failWith("error");
  const failed = await send("POST", `${one}/check`);
  expect(failed).toMatchObject({ headers: { etag: first }, body: { check: { status: "failed" } } });
});

test.each(changes)("%s succeeds with the current ETag, with it among several, and with *", async (_what, change) => {
  expect((await change({ ifMatch: await etag() })).status).toBeLessThan(300);
  for (const ifMatch of [(tag: string) => `"a,b" ,W/"x", ${tag}`, () => "*"]) {
    await send("DELETE", one);
    await addAgain();
    expect((await change({ ifMatch: ifMatch(first) })).status).toBeLessThan(300);
  }
});

test.each(changes)("%s is refused with a stale ETag", async (_what, change) => {
  await replace();
  const [before, events, asked] = [await send("GET", one), await eventsOn(admin.id), providers.gitlab.requests.length];
  const current = String(before.headers.etag);
  for (const ifMatch of [first, `W/${current}`, '""', '"*"', `"${current.slice(1, -2)}"`]) {
    expect(await change({ ifMatch })).toMatchObject({
      status: 412,
      headers: { "content-type": "application/problem+json" },
      body: { code: "precondition_failed", status: 412 },
    });
  }
  const after = await send("GET", one);
  expect([after.body, after.headers.etag]).toEqual([before.body, current]);
  expect(await eventsOn(admin.id)).toEqual(events);
  // No credential is sent to the provider for a refused change.
  expect(providers.gitlab.requests.length).toBe(asked);
});

test.each(changes)("%s with an invalid If-Match is malformed", async (_what, change) => {
  for (const ifMatch of ["", "x", first.slice(1, -1), `${first} ${first}`, `*, ${first}`]) {
    expect(await change({ ifMatch }), ifMatch).toMatchObject({ status: 400, body: { code: "malformed" } });
  }
  expect(await etag()).toBe(first);
});

test("of several replacements with the same ETag, only one succeeds", async () => {
  const answers = await Promise.all([1, 2, 3].map(() => replace({ ifMatch: first })));
  expect(answers.map(({ status }) => status).sort()).toEqual([200, 412, 412]);
});

test("of a replacement and a removal with the same ETag, only one succeeds", async () => {
  const answers = await Promise.all([replace({ ifMatch: first }), send("DELETE", one, { ifMatch: first })]);
  const statuses = answers.map(({ status }) => status);
  expect([
    [200, 412],
    [404, 204],
  ]).toContainEqual(statuses);
});

test("a caller who may not change the access learns nothing of its version", async () => {
  const { group, otherGroup } = tenant;
  const stranger = await createToken(otherGroup.admin, otherGroup.scope, { admin: true });
  const user = await createToken(group.admin, group.scope);
  for (const [, change] of changes) {
    const hidden = await change({ ifMatch: '"stale"', by: stranger });
    expect(hidden.status).toBe(404);
    expect(await change({ ifMatch: first, by: stranger })).toMatchObject({ status: 404, text: hidden.text });
    expect((await change({ ifMatch: first, by: user })).text).toBe(hidden.text);
  }
  const { body } = await send("POST", accessesOf(user.id), { body: gitlabBody(providers) });
  one = `${accessesOf(user.id)}/${body.id}`;
  for (const [, change] of changes) {
    expect((await change({ ifMatch: '"stale"', by: user })).status).toBe(403);
    expect((await change({ ifMatch: await etag(), by: user })).status).toBe(403);
  }
});

test("a removed access is unknown, whatever the ETag", async () => {
  await send("DELETE", one);
  for (const [, change] of changes) {
    for (const ifMatch of [first, '"stale"', "*"]) expect((await change({ ifMatch })).status).toBe(404);
  }
});
