import { beforeAll, beforeEach, expect, test } from "vitest";
import { createToken, type TestToken } from "@/testing/access-tokens";
import { type Answer, ask, askAs } from "@/testing/api/ask";
import { startInstance } from "@/testing/api/start-instance";
import { hold, waitForManyLockWaiters } from "@/testing/database/locks";
import { createTenant, type Tenant } from "@/testing/tenant";

const base = "/api/v2.0";
const atOnce = 20;

let instance: string;
let tenant: Tenant;
let admin: TestToken;
/** The token that the admin's requests revoke. */
let target: TestToken;
let stranger: TestToken;

beforeAll(async () => {
  instance = await startInstance();
  tenant = await createTenant();
  admin = await createAdmin();
  const { group } = await createTenant();
  stranger = await createToken(group.admin, group.scope, { admin: true });
  // Warm up: the first requests open connections and compile code.
  target = await createAdmin();
  await Promise.all([expectOthersAnswered(), ...times(atOnce, () => revoke())]);
});

// A fresh target for each test: revoking a revoked token doesn't wait for the lock.
beforeEach(async () => {
  target = await createAdmin();
});

const createAdmin = () => createToken(tenant.group.admin, tenant.group.scope, { admin: true });
const revoke = (by = admin) => askAs(instance, by.secret, "POST", `${base}/access-tokens/${target.id}/revoke`);
const times = <T>(count: number, make: () => T): T[] => Array.from({ length: count }, make);
const countOf = (answers: Answer[], status: number) => answers.filter((answer) => answer.status === status).length;
const lockTarget = () => hold("select from access_tokens where id = $1 for update", target.id);

/** Expects that another organization's token can read and change, and that requests without a credential are answered. */
async function expectOthersAnswered(): Promise<void> {
  const one = `${base}/access-tokens/${stranger.id}`;
  const asked = [
    askAs(instance, stranger.secret, "GET", `${base}/access-tokens/self`),
    askAs(instance, stranger.secret, "GET", `${base}/session-context`),
    askAs(instance, stranger.secret, "PATCH", one, { name: "renamed" }),
    ask(instance, `${base}/groups`),
    ask(instance, `${base}/openapi.json`),
    ask(instance, "/health/ready"),
  ];
  expect((await Promise.all(asked)).map(({ status }) => status)).toEqual([200, 200, 200, 401, 200, 200]);
}

test("a caller gets twenty requests at once; more wait for a second, and other callers are answered", async () => {
  const release = await lockTarget();
  const answers: Answer[] = [];
  const asked = times(3 * atOnce, () => revoke().then((answer) => answers.push(answer)));
  await waitForManyLockWaiters(3);
  await expectOthersAnswered();
  await expect.poll(() => answers.length, { timeout: 3500, interval: 20 }).toBe(2 * atOnce);
  for (const { status, headers, body } of answers) {
    expect(status).toBe(429);
    expect(body).toMatchObject({ status: 429, code: "rate_limited", title: "Too Many Requests" });
    expect(headers["content-type"]).toBe("application/problem+json");
    expect(headers["retry-after"]).toBe("1");
  }
  await release();
  await Promise.all(asked);
  expect(countOf(answers, 200)).toBe(atOnce);
});

test("a request that waits less than a second succeeds", async () => {
  const release = await lockTarget();
  const asked = times(2 * atOnce, () => revoke());
  await waitForManyLockWaiters(3);
  await release();
  expect(countOf(await Promise.all(asked), 200)).toBe(2 * atOnce);
});

test("200 concurrent changes of one token block no other caller, and none gets 503", async () => {
  const asked = Promise.all(times(200, () => revoke()));
  for (let round = 0; round < 10; round++) await expectOthersAnswered();
  const answers = await asked;
  expect(countOf(answers, 200)).toBeGreaterThanOrEqual(atOnce);
  expect(countOf(answers, 200) + countOf(answers, 429)).toBe(200);
});

test("five callers whose requests all wait for one row lock leave connections for others", async () => {
  const admins = await Promise.all(times(5, createAdmin));
  const release = await lockTarget();
  const asked = admins.flatMap((by) => times(atOnce, () => revoke(by)));
  await waitForManyLockWaiters(8);
  await expectOthersAnswered();
  await release();
  const answers = await Promise.all(asked);
  expect(countOf(answers, 200)).toBe(5 * atOnce);
});

test("a 429 for too many concurrent requests doesn't count towards the caller's limit of refusals", async () => {
  const release = await lockTarget();
  const hanging = times(atOnce, () => revoke());
  await waitForManyLockWaiters(3);
  // More than the limit of refusals in a minute.
  const refused = await Promise.all(times(700, () => revoke()));
  expect(countOf(refused, 429)).toBe(700);
  await release();
  await Promise.all(hanging);
  const unknown = await askAs(instance, admin.secret, "GET", `${base}/access-tokens/tok_unknown`);
  expect(unknown.status).toBe(404);
});
