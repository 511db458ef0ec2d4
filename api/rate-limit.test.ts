import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { generateSecret } from "@/lib/access-tokens/secret";
import { createToken, type TestToken } from "@/testing/access-tokens";
import { type Answer, ask, askAs } from "@/testing/api/ask";
import { startInstance } from "@/testing/api/start-instance";
import { type DatabaseProxy, startDatabaseProxy } from "@/testing/database/database-proxy";
import { createTenant } from "@/testing/tenant";

const self = "/api/v2.0/access-tokens/self";
const nothing = "/api/v2.0/access-tokens/tok_unknown";
const limit = 600;

let database: DatabaseProxy;
let here: string;
let there: string;
let token: TestToken;
let tokenPath: string;
let other: TestToken;

beforeAll(async () => {
  database = await startDatabaseProxy(process.env.DATABASE_URL ?? "");
  [here, there] = await Promise.all([startInstance(database.url), startInstance()]);
  const { group } = await createTenant();
  token = await createToken(group.admin, group.scope, { admin: true });
  tokenPath = `/api/v2.0/access-tokens/${token.id}`;
  other = await createToken(group.admin, group.scope, { admin: true });
});

afterAll(() => database.close());

/** The answers of this many requests, ten at a time: more than twenty of one caller would wait, and get 429 for that. */
async function repeat(times: number, request: () => Promise<Answer>): Promise<Answer[]> {
  const answers: Answer[] = [];
  while (answers.length < times) {
    const some = Math.min(10, times - answers.length);
    answers.push(...(await Promise.all(Array.from({ length: some }, request))));
  }
  return answers;
}

const statuses = (answers: Answer[]) => [...new Set(answers.map(({ status }) => status))].sort();

function expectLimited({ status, headers, body }: Answer) {
  expect(status).toBe(429);
  expect(body).toMatchObject({ status: 429, code: "rate_limited" });
  expect(headers["content-type"]).toBe("application/problem+json");
  expect(Number(headers["retry-after"])).toBeGreaterThan(0);
  expect(Number(headers["retry-after"])).toBeLessThanOrEqual(60);
}

test("a caller with too many refused requests gets 429 on every instance, except for good reads", async () => {
  const refused = () => askAs(here, token.secret, "GET", nothing);
  expect(statuses(await repeat(limit, refused))).toEqual([404]);
  expectLimited(await refused());
  expect((await askAs(here, token.secret, "GET", self)).status).toBe(200);
  expect((await askAs(here, other.secret, "GET", nothing)).status).toBe(404);

  // A change gets 429 before it is made, never after.
  const rename = (secret: string) => askAs(here, secret, "PATCH", tokenPath, { name: "renamed" });
  expectLimited(await rename(token.secret));
  expect((await askAs(here, token.secret, "GET", self)).body.name).not.toBe("renamed");
  expect((await rename(other.secret)).status).toBe(200);

  // The other instance learns of the limit with its first write, about a second after its first failure.
  const refusedThere = () => askAs(there, token.secret, "GET", nothing);
  expect((await refusedThere()).status).toBe(404);
  await vi.waitFor(async () => expectLimited(await refusedThere()), { timeout: 5000, interval: 100 });
  expect((await askAs(there, token.secret, "GET", self)).status).toBe(200);
  expectLimited(await askAs(there, token.secret, "PATCH", tokenPath, { name: "renamed there" }));
});

test("the answer to a change that was let in is never replaced by 429", async () => {
  const { group } = await createTenant();
  const { secret } = await createToken(group.admin, group.scope, { admin: true });
  expect(statuses(await repeat(limit - 1, () => askAs(here, secret, "GET", nothing)))).toEqual([404]);
  const atOnce = Array.from({ length: 5 }, () => askAs(here, secret, "PATCH", nothing, { name: "a" }));
  // All five may be let in before the first of them is refused.
  const answers = await Promise.all(atOnce);
  expect(answers.some(({ status }) => status === 404)).toBe(true);
  expectLimited(await askAs(here, secret, "PATCH", nothing, { name: "a" }));
});

test("an address with too many bad credentials gets 429, except for requests with good ones", async () => {
  const unknown = () => askAs(here, generateSecret("group"), "GET", self);
  const [before, begun] = [database.queries(), performance.now()];
  expect(statuses(await repeat(limit, unknown))).toEqual([401]);
  // Each secret costs one query. A few more in each second look up secrets for the audit log and write the count.
  const seconds = Math.ceil((performance.now() - begun) / 1000);
  expect(database.queries() - before - limit).toBeLessThan(20 * seconds);
  const limited = await unknown();
  expectLimited(limited);
  expect(limited.headers["www-authenticate"]).toBeUndefined();
  expectLimited(await ask(here, self, { headers: { authorization: "Bearer eyJhbGciOiJub25lIn0.e30." } }));
  expect((await askAs(here, other.secret, "GET", self)).status).toBe(200);

  // A missing credential and a wrong checksum cost no query: they are neither counted nor limited.
  const flipped = other.secret.slice(0, -1) + (other.secret.endsWith("0") ? "1" : "0");
  await vi.waitFor(
    async () => {
      const queries = database.queries();
      expect(statuses(await repeat(30, () => askAs(here, flipped, "GET", self)))).toEqual([401]);
      expect((await ask(here, self)).status).toBe(401);
      expect(database.queries()).toBe(queries);
    },
    { timeout: 10_000 },
  );

  const unknownThere = () => askAs(there, generateSecret("organization"), "GET", self);
  expect((await unknownThere()).status).toBe(401);
  await vi.waitFor(async () => expectLimited(await unknownThere()), { timeout: 5000, interval: 100 });
});

test("a good request costs one query and no write, and shares it with others at the same time", async () => {
  const good = () => askAs(here, other.secret, "GET", self);
  await good();
  await vi.waitFor(
    async () => {
      const before = database.queries();
      for (let sent = 0; sent < 20; sent++) expect((await good()).status).toBe(200);
      expect(database.queries() - before).toBe(20);
    },
    { timeout: 10_000 },
  );
  const before = database.queries();
  expect(statuses(await repeat(60, good))).toEqual([200]);
  expect(database.queries() - before).toBeLessThan(60);
});
