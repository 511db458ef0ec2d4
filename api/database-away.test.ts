import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { generateSecret } from "@/lib/access-tokens/secret";
import { createToken, type TestToken } from "@/testing/access-tokens";
import { type Answer, ask, askAs } from "@/testing/api/ask";
import { startInstance } from "@/testing/api/start-instance";
import { asOwner } from "@/testing/database/database-owner";
import { type DatabaseProxy, startDatabaseProxy } from "@/testing/database/database-proxy";
import { createTenant, type Tenant } from "@/testing/tenant";

const base = "/api/v2.0";
const poolSize = 20;

let database: DatabaseProxy;
let instance: string;
let tenant: Tenant;
let token: TestToken;
/** One token per connection of the pool: a single caller only gets a share of the connections. */
let tokens: TestToken[];

beforeAll(async () => {
  database = await startDatabaseProxy(process.env.DATABASE_URL ?? "");
  instance = await startInstance(database.url);
  tenant = await createTenant();
  const create = () => createToken(tenant.group.admin, tenant.group.scope, { admin: true });
  tokens = await Promise.all(Array.from({ length: poolSize }, create));
  token = tokens[0] ?? expect.fail();
});
afterEach(() => database.open());
afterAll(() => database.close());

let asked = 0;

/** Sends the request as the next caller in turn. */
function askNext(at: string, method: string, path: string, value?: unknown): Promise<Answer> {
  asked += 1;
  return askAs(at, tokens[asked % poolSize]?.secret ?? "", method, `${base}${path}`, value);
}

/** Requests of each kind: one or two queries, a transaction, a list, and an unknown credential. */
const requests: Record<string, (at: string) => Promise<Answer>> = {
  self: (at) => askNext(at, "GET", "/access-tokens/self"),
  groups: (at) => askNext(at, "GET", "/groups"),
  list: (at) => askNext(at, "GET", `/access-tokens?group_id=${tenant.group.id}`),
  change: (at) => askNext(at, "PATCH", `/access-tokens/${token.id}`, { name: `renamed ${asked}` }),
  unknown: (at) => askAs(at, generateSecret("group"), "GET", `${base}/access-tokens/self`),
};

const good = ["self", "groups", "list", "change"] as const;

/** Fails where the answer takes five seconds or more. */
async function inTime(answer: Promise<Answer> | undefined): Promise<Answer> {
  const begun = performance.now();
  const answered = await answer;
  expect(performance.now() - begun).toBeLessThan(5000);
  if (!answered) throw new Error("nothing was asked");
  return answered;
}

function expectUnavailable({ status, headers, body }: Answer) {
  expect(body).toMatchObject({ status: 503, code: "unavailable" });
  expect(status).toBe(503);
  expect(headers["retry-after"]).toBe("5");
  expect(headers["www-authenticate"]).toBeUndefined();
}

/** Everything answers 503 in time, except what needs no database. */
async function expectAway(at = instance) {
  const asked = Object.values(requests).flatMap((request) => [request(at), request(at)]);
  const answers = await Promise.all([...asked, ask(at, "/health/ready")].map(inTime));
  for (const answer of answers) expectUnavailable(answer);
  expect((await inTime(ask(at, "/health/live"))).status).toBe(200);
}

/** Everything works again at once, for more requests than the pool has connections. */
async function expectBack(at = instance) {
  const asked = Array.from({ length: poolSize + 5 }, (_, index) => requests[good[index % good.length] ?? "self"]?.(at));
  const answers = await Promise.all(asked.map(inTime));
  expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 200));
  expect((await requests.unknown?.(at))?.status).toBe(401);
  expect((await ask(at, "/health/ready")).status).toBe(200);
}

test("the API answers 503 while the database is stopped", async () => {
  await expectBack();
  await database.shut();
  await expectAway();
  await database.open();
  await expectBack();
});

test("the API answers 503 while the database accepts connections and never answers", async () => {
  await expectBack();
  database.hold();
  await expectAway();
  await expectAway();
  await database.open();
  await expectBack();
});

test("the API answers 503 to more requests than the pool has connections while the database never answers", async () => {
  await expectBack();
  database.hold();
  const asked = Array.from({ length: poolSize + 10 }, () => inTime(requests.change?.(instance)));
  for (const answer of await Promise.all(asked)) expectUnavailable(answer);
  await database.open();
  await expectBack();
});

test.each([0, 2])(
  "the API answers 503 when the database hangs after query %i of a transaction on every connection",
  async (queries) => {
    await expectBack();
    database.hold(poolSize * (queries + 1));
    const asked = Array.from({ length: poolSize }, () => inTime(requests.change?.(instance)));
    for (const { status } of await Promise.all(asked)) expect([200, 503]).toContain(status);
    await expectAway();
    await database.open();
    await expectBack();
  },
);

test("the API answers 503 when the database stops in the middle of a transaction", async () => {
  await expectBack();
  database.hold(3);
  const changing = inTime(requests.change?.(instance));
  const before = database.queries();
  await expect.poll(() => database.queries() - before).toBeGreaterThanOrEqual(4);
  await database.shut();
  expectUnavailable(await changing);
  await database.open();
  await expectBack();
});

test("the API answers 503 once the database's slow answers exceed the deadline together", async () => {
  await expectBack();
  database.slow(900);
  expectUnavailable(await inTime(requests.change?.(instance)));
  expect((await inTime(requests.self?.(instance)))?.status).toBe(200);
  database.slow(10_000);
  await expectAway();
  await database.open();
  await expectBack();
});

test("the API answers 503 while the database refuses more connections", async () => {
  const name = `limited_${token.id.slice(-8)}`;
  const url = new URL(process.env.DATABASE_URL ?? "");
  Object.assign(url, { username: name, password: "limited" });
  await asOwner(async (owner) => {
    await owner.query(`create role ${name} login password 'limited' connection limit 0`);
    await owner.query(`grant ${process.env.DATABASE_ROLE} to ${name}`);
    try {
      const limited = await startInstance(url.href);
      await expectAway(limited);
      await owner.query(`alter role ${name} connection limit 50`);
      await expectBack(limited);
      await owner.query(`alter role ${name} connection limit 0`);
      await owner.query("select pg_terminate_backend(pid) from pg_stat_activity where usename = $1", [name]);
      await expectAway(limited);
    } finally {
      await owner.query("select pg_terminate_backend(pid) from pg_stat_activity where usename = $1", [name]);
      await owner.query(`drop role ${name}`);
    }
  });
});
