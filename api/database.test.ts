import { afterAll, afterEach, beforeAll, expect, test, vi } from "vitest";
import { getAccessToken } from "@/lib/access-tokens/queries";
import { generateSecret } from "@/lib/access-tokens/secret";
import { setVariable } from "@/lib/environment-variables/change";
import { createToken } from "@/testing/access-tokens";
import { ask } from "@/testing/api/ask";
import { startInstance } from "@/testing/api/start-instance";
import { type DatabaseProxy, startDatabaseProxy } from "@/testing/database/database-proxy";
import { createTenant } from "@/testing/tenant";

const self = "/api/v2.0/access-tokens/self";

let database: DatabaseProxy;
let base: string;
let secret: string;

beforeAll(async () => {
  database = await startDatabaseProxy(process.env.DATABASE_URL ?? "");
  base = await startInstance(database.url);
  const { group } = await createTenant();
  const token = await createToken(group.admin, group.scope);
  ({ secret } = token);
  await setVariable(group.admin, token.id, { name: "NAME", value: "a value" });
  // The last use is stored once in five minutes: with this one stored, the counts below are of the requests only.
  await askWith(secret);
  const read = () => getAccessToken(group.admin, token.id);
  await vi.waitUntil(async () => (await read()).lastUsedAt, 10_000);
});
afterEach(() => database.open());
afterAll(() => database.close());

const askWith = (credential: string, path = self) => ask(base, path, { headers: { "private-token": credential } });

/** How many queries reach the database for one request. */
async function queriesOf(credential: string, path = self): Promise<number> {
  const before = database.queries();
  await askWith(credential, path);
  return database.queries() - before;
}

test("every authenticated request costs one query", async () => {
  for (let round = 0; round < 5; round++) expect(await queriesOf(secret)).toBe(1);
});

test("the session context costs two queries once the read is recorded and the key is cached", async () => {
  const path = "/api/v2.0/session-context";
  expect((await askWith(secret, path)).body).toMatchObject({ environment: { NAME: "a value" } });
  for (let round = 0; round < 5; round++) expect(await queriesOf(secret, path)).toBe(2);
});

test("a secret with a wrong checksum is refused without a query", async () => {
  const flipped = secret.slice(0, -1) + (secret.endsWith("0") ? "1" : "0");
  for (const credential of [flipped, secret.slice(0, -1), "", "null", "A".repeat(8000)]) {
    expect(await queriesOf(credential)).toBe(0);
  }
});

test("an unknown path and a liveness check cost no query", async () => {
  expect(await queriesOf(secret, "/api/v2.0/nothing")).toBe(0);
  expect(await queriesOf(secret, "/health/live")).toBe(0);
});

// Last: the failure is stored a second later, and would count as a query of the next test.
test("an unknown secret costs one query too", async () => {
  expect(await queriesOf(generateSecret("group"))).toBe(1);
});
