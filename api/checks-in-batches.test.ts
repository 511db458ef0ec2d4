import { once } from "node:events";
import { request } from "node:http";
import { afterAll, afterEach, beforeAll, expect, test, vi } from "vitest";
import { revokeAccessToken } from "@/lib/access-tokens/change";
import { generateSecret } from "@/lib/access-tokens/secret";
import { createToken, type TestToken } from "@/testing/access-tokens";
import { type Answer, ask } from "@/testing/api/ask";
import { startInstance, startInstanceProcess } from "@/testing/api/start-instance";
import { type DatabaseProxy, startDatabaseProxy } from "@/testing/database/database-proxy";
import { createTenant, type Tenant } from "@/testing/tenant";

vi.setConfig({ testTimeout: 60_000, hookTimeout: 90_000 });

const self = "/api/v2.0/access-tokens/self";

let database: DatabaseProxy;
let instances: string[];
let tenant: Tenant;

beforeAll(async () => {
  database = await startDatabaseProxy(process.env.DATABASE_URL ?? "");
  instances = await Promise.all([startInstance(database.url), startInstance(database.url)]);
  tenant = await createTenant();
});
afterEach(() => database.open());
afterAll(() => database.close());

const first = () => instances[0] ?? expect.fail();
const check = (secret: string, at = first()) => ask(at, self, { headers: { "private-token": secret } });
const statusesOf = async (asked: Promise<Answer>[]) => (await Promise.all(asked)).map(({ status }) => status);

function createTokens(count: number): Promise<TestToken[]> {
  const { admin, scope } = tenant.group;
  return Promise.all(Array.from({ length: count }, () => createToken(admin, scope)));
}

/**
 * Delays the database's answers once the first instance has two connections, and knows the callers: an address has
 * twenty requests at once. Returns the number of queries from then on.
 */
async function slowDown(tokens: TestToken[]): Promise<() => number> {
  for (const { secret } of tokens) expect((await check(secret)).status).toBe(200);
  const [one, other] = tokens;
  if (one && other) await Promise.all([check(one.secret), check(other.secret)]);
  // A query that needs a third connection all the same has time for its set-up, too.
  database.slow(250);
  const before = database.queries();
  return () => database.queries() - before;
}

const untilSent = (count: number, queries: () => number) =>
  expect.poll(queries, { timeout: 10_000, interval: 5 }).toBeGreaterThanOrEqual(count);

/** Two requests, each with a query of its own that is under way. */
async function askOneByOne([one, other]: TestToken[], queries: () => number): Promise<Promise<Answer>[]> {
  if (!one || !other) return expect.fail();
  const asked = [check(one.secret)];
  await untilSent(1, queries);
  asked.push(check(other.secret));
  await untilSent(2, queries);
  return asked;
}

test("a request joins no query that was sent before it: a revocation between them holds", async () => {
  const tokens = await createTokens(2);
  const [revoked, other] = tokens;
  if (!revoked || !other) return expect.fail();
  const queries = await slowDown(tokens);
  const earlier = await askOneByOne(tokens, queries);
  // Both queries have found the tokens active. Their answers are on the way.
  await revokeAccessToken(tenant.group.admin, revoked.id);
  const later = [check(revoked.secret), check(other.secret), check(revoked.secret)];
  expect(await statusesOf(earlier)).toEqual([200, 200]);
  expect(await statusesOf(later)).toEqual([401, 200, 401]);
});

test("requests that arrive while queries are under way share the next ones", async () => {
  const tokens = await createTokens(12);
  const queries = await slowDown(tokens);
  const asked = await askOneByOne(tokens, queries);
  asked.push(...[...tokens, ...tokens].map((token) => check(token.secret)));
  expect(await statusesOf(asked)).toEqual(asked.map(() => 200));
  // More than one more, where a slow machine reads the requests in several turns.
  expect(queries()).toBeLessThanOrEqual(8);
});

test("secrets that are bad in any way harm no good one that is checked with them", async () => {
  const tokens = await createTokens(6);
  const [revoked] = await createTokens(1);
  if (!revoked) return expect.fail();
  await revokeAccessToken(tenant.group.admin, revoked.id);
  const bad = [generateSecret("group"), generateSecret("organization"), revoked.secret, "' or true --", "vhg_", "{}"];
  for (const at of instances) {
    const asked = tokens.flatMap((token, place) => [check(token.secret, at), check(bad[place] ?? "", at)]);
    const answers = await Promise.all(asked);
    expect(answers.map(({ status }) => status)).toEqual(tokens.flatMap(() => [200, 401]));
    const ids = answers.map(({ body }) => body.id).filter((id) => id !== undefined);
    expect(ids).toEqual(tokens.map(({ id }) => id));
  }
});

test.each<[string, () => unknown]>([
  ["hangs", () => database.hold()],
  ["stops", () => database.shut()],
])("everybody who waits gets 503 when the database %s, and nobody a false answer", async (_what, goAway) => {
  const tokens = await createTokens(8);
  const askAll = () => tokens.flatMap((token) => [check(token.secret), check(generateSecret("group"))]);
  const queries = await slowDown(tokens);
  const asked = askAll();
  await untilSent(1, queries);
  await goAway();
  asked.push(...askAll());
  const answers = await Promise.all(asked);
  for (const [place, { status }] of answers.entries())
    expect(place % 2 === 0 ? [200, 503] : [401, 503]).toContain(status);
  expect(new Set(answers.slice(tokens.length * 2).map(({ status }) => status))).toEqual(new Set([503]));
  await database.open();
  const again = askAll();
  expect(await statusesOf(again)).toEqual(again.map((_, place) => (place % 2 === 0 ? 200 : 401)));
});

test("a client that hangs up leaves those who are checked with it", async () => {
  const tokens = await createTokens(4);
  const queries = await slowDown(tokens);
  const { hostname, port } = new URL(first());
  const leaving = tokens.map((token) => {
    const sent = request({ hostname, port, path: self, headers: { "private-token": token.secret }, agent: false });
    sent.on("error", () => {}).end();
    return sent;
  });
  const asked = [...tokens, ...tokens].map((token) => check(token.secret));
  await untilSent(1, queries);
  for (const sent of leaving) sent.destroy();
  expect(await statusesOf(asked)).toEqual(asked.map(() => 200));
});

test("a process that stops answers everybody who waits for a check", async () => {
  const tokens = await createTokens(6);
  const { url, child } = await startInstanceProcess({ DATABASE_URL: database.url, SHUTDOWN_GRACE_SECONDS: "0" });
  for (const { secret } of tokens) expect((await check(secret, url)).status).toBe(200);
  database.slow(300);
  const before = database.queries();
  const asked = tokens.slice(0, 2).map(({ secret }) => check(secret, url));
  await untilSent(1, () => database.queries() - before);
  asked.push(...[...tokens, ...tokens].map(({ secret }) => check(secret, url)), check(generateSecret("group"), url));
  // Then the others have arrived, too.
  expect((await fetch(`${url}/health/live`)).status).toBe(200);
  const exit = once(child, "exit");
  child.kill("SIGTERM");
  expect(await statusesOf(asked)).toEqual(asked.map((_, place) => (place < asked.length - 1 ? 200 : 401)));
  expect(await exit).toEqual([0, null]);
});

test("after its acknowledgement a revocation holds at both instances under load", async () => {
  const tokens = await createTokens(20);
  const [busy] = await createTokens(1);
  if (!busy) return expect.fail();
  let isLoaded = true;
  const load = instances.flatMap((at) =>
    [busy, ...tokens.slice(0, 3)].map(async (token) => {
      while (isLoaded) await check(token.secret, at);
    }),
  );
  const accepted: string[] = [];
  for (const token of tokens) {
    await revokeAccessToken(tenant.group.admin, token.id);
    const asked = instances.flatMap((at) => [check(token.secret, at), check(token.secret, at)]);
    // Too many bad credentials are answered 429.
    if ((await statusesOf(asked)).some((status) => status !== 401 && status !== 429)) accepted.push(token.id);
  }
  isLoaded = false;
  await Promise.all(load);
  expect(accepted).toEqual([]);
});
