import { beforeAll, beforeEach, describe, expect, test } from "vitest";
import { getAccessToken } from "@/lib/access-tokens/queries";
import { generateSecret } from "@/lib/access-tokens/secret";
import { actOnLeakReports } from "@/lib/leaks/act";
import { createToken, expire, type TestToken } from "@/testing/access-tokens";
import { type Answer, ask, askAs } from "@/testing/api/ask";
import { serveApi, serveApiWithContext } from "@/testing/api/server";
import { everyRow } from "@/testing/database/database-owner";
import { statementsOf } from "@/testing/database/statements";
import { insertPipelineSecret } from "@/testing/leaks/leak";
import { createTenant, type Tenant } from "@/testing/tenant";

const path = "/api/v2.0/leaked-tokens";
const sameHeaders = { "cache-control": "no-store", "content-type": "application/json" };
const json = { "content-type": "application/json" };

let base: string;
let tenant: Tenant;
let token: TestToken;

beforeAll(async () => {
  base = await serveApi();
});
beforeEach(async () => {
  tenant = await createTenant();
  token = await createToken(tenant.group.admin, tenant.group.scope, { admin: true });
});

function report(body: unknown, headers: Record<string, string> = {}) {
  return ask(base, path, { method: "POST", headers: { ...json, ...headers }, body: JSON.stringify(body) });
}

const statusOf = async () => (await getAccessToken(tenant.group.admin, token.id)).status;
const filled = (given: unknown[], length = 1000) => [
  ...given,
  ...Array.from({ length: length - given.length }, () => generateSecret("group")),
];

describe("the answer and the work are the same", () => {
  const reports: [string, (token: TestToken) => unknown[] | Promise<unknown[]>][] = [
    ["a good secret", ({ secret }) => [secret]],
    ["an unknown secret", () => [generateSecret("group")]],
    ["a malformed one", () => ["vhg_x"]],
    ["what is no text", () => [17]],
    [
      "a revoked token's secret",
      async ({ id, secret }) => {
        await askAs(base, secret, "POST", `/api/v2.0/access-tokens/${id}/revoke`);
        return [secret];
      },
    ],
    [
      "an expired token's secret",
      async ({ id, secret }) => {
        await expire(id);
        return [secret];
      },
    ],
    ["a pipeline's secret", async (token) => [await insertPipelineSecret(token)]],
    ["a thousand with a good one", ({ secret }) => filled([secret])],
    ["a thousand unknown ones", () => filled([])],
  ];

  test("for every kind of report", async () => {
    const work = new Map<string, string[]>();
    for (const [what, entriesOf] of reports) {
      const made = await createToken(tenant.group.admin, tenant.group.scope, { admin: true });
      const entries = await entriesOf(made);
      let answer: Answer | undefined;
      const statements = await statementsOf(async () => {
        answer = await report({ tokens: entries });
      });
      expect(answer).toMatchObject({ status: 202, body: { received: entries.length }, headers: sameHeaders });
      work.set(what, statements);
    }
    const [first] = work.values();
    expect(first?.filter((statement) => statement.includes("leak_reports"))).toHaveLength(1);
    expect(first?.join()).not.toContain("access_token_secrets");
    for (const [what, statements] of work) expect(statements, what).toEqual(first);
  });

  test("for a thousand, whatever they are, which take effect in the background", async () => {
    expect((await report({ tokens: filled([token.secret]) })).body).toEqual({ received: 1000 });
    expect(await statusOf()).toBe("active");
    await actOnLeakReports();
    expect(await statusOf()).toBe("revoked");
    expect((await askAs(base, token.secret, "GET", "/api/v2.0/access-tokens/self")).status).toBe(401);
  });

  test("for none", async () => {
    expect(await report({ tokens: [] })).toMatchObject({ status: 202, body: { received: 0 } });
  });
});

test("a credential is not looked at", async () => {
  const headers = { "private-token": token.secret, authorization: "Bearer nothing" };
  expect(await report({ tokens: ["x"] }, headers)).toMatchObject({ status: 202, body: { received: 1 } });
  await actOnLeakReports();
  expect(await statusOf()).toBe("active");
});

test.each([
  [422, {}],
  [422, { tokens: "vhg_" }],
  [422, { tokens: null }],
  [422, { tokens: Array(1001).fill("x") }],
  [422, { tokens: [], found_in: "a repository" }],
  [422, [["x"]]],
])("what is no report is answered %i and stores nothing", async (status, body) => {
  const before = await everyRow();
  expect(await report(body)).toMatchObject({ status, body: { code: "invalid" } });
  expect(await everyRow()).toEqual(before);
});

test("what is not JSON, too large, or not to be answered as JSON is refused as everywhere", async () => {
  expect((await ask(base, path, { method: "POST", headers: json, body: "{" })).status).toBe(400);
  expect((await ask(base, path, { method: "POST", body: "tokens=x" })).status).toBe(415);
  expect((await report({ tokens: ["x".repeat(300_000)] })).status).toBe(413);
  expect((await report({ tokens: [] }, { accept: "text/html" })).status).toBe(406);
  expect((await ask(base, path)).status).toBe(405);
  expect((await ask(base, `${path}?x=1`, { method: "POST", headers: json, body: "{}" })).status).toBe(400);
});

test("a token that leaked is shown as revoked, is refused a reactivation, and can be deleted", async () => {
  const other = await createToken(tenant.group.admin, tenant.group.scope, { admin: true });
  await report({ tokens: [token.secret] });
  await actOnLeakReports();
  const one = `/api/v2.0/access-tokens/${token.id}`;
  const resource = await askAs(base, other.secret, "GET", one);
  expect(resource.body).toMatchObject({ status: "revoked", revoked_at: expect.any(String) });
  const refused = await askAs(base, other.secret, "POST", `${one}/reactivate`);
  expect(refused).toMatchObject({ status: 409, body: { code: "conflict" } });
  expect((await askAs(base, other.secret, "DELETE", one)).status).toBe(204);
});

test("a network gets sixty answers a minute, and a wait after that", async () => {
  base = await serveApiWithContext();
  const answers = [];
  for (let time = 0; time < 61; time++) answers.push(await report({ tokens: [token.secret] }));
  expect(answers.slice(0, 60).map(({ status }) => status)).toEqual(Array(60).fill(202));
  expect(answers.at(-1)).toMatchObject({
    status: 429,
    body: { code: "rate_limited" },
    headers: { "retry-after": expect.stringMatching(/^\d+$/) },
  });
});
