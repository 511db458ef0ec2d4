import { beforeAll, beforeEach, expect, test } from "vitest";
import { createToken, type TestToken } from "@/testing/access-tokens";
import { askAs } from "@/testing/api/ask";
import { environmentOf, setOwn, variableOf } from "@/testing/api/environment-variables";
import { serveApi } from "@/testing/api/server";
import { createTenant } from "@/testing/tenant";

const kibibyte = 1024;

let base: string;
let admin: TestToken;

beforeAll(async () => {
  base = await serveApi();
});
beforeEach(async () => {
  const { group } = await createTenant();
  admin = await createToken(group.admin, group.scope, { admin: true });
});

const set = (name: string, value: string) => setOwn(base, admin, name, value);

function refused(field: string): object {
  return { status: 422, body: { code: "invalid", errors: [{ field, message: expect.stringMatching(/\w+ \w+/) }] } };
}

async function fill(values: Record<string, string>): Promise<void> {
  for (const [name, value] of Object.entries(values)) expect((await set(name, value)).status, name).toBe(201);
}

test("the 201st variable is refused, and existing ones can still be replaced", async () => {
  const names = Array.from({ length: 200 }, (_, place) => `V_${String(place).padStart(3, "0")}`);
  await fill(Object.fromEntries(names.map((name) => [name, ""])));
  expect(await set("V_200", "")).toMatchObject(refused("name"));
  expect((await environmentOf(base, admin.secret)).map(([name]) => name)).toEqual(names);
  expect((await set("V_000", "replaced")).status).toBe(200);
  expect((await askAs(base, admin.secret, "DELETE", variableOf(admin.id, "V_000"))).status).toBe(204);
  expect((await set("V_200", "")).status).toBe(201);
});

test("names and values together may have exactly 128 KiB", async () => {
  const large = "x".repeat(48 * kibibyte);
  await fill({ A: large, B: large });
  const rest = 128 * kibibyte - 2 * (large.length + 1);
  expect(await set("CC", "x".repeat(rest - 1))).toMatchObject(refused("value"));
  expect(await set("CC", "é".repeat(rest / 2))).toMatchObject(refused("value"));
  expect((await set("CC", "x".repeat(rest - 2))).status).toBe(201);
  expect(await set("D", "")).toMatchObject({ status: 422, body: { code: "invalid" } });
  expect(await set("CC", "x".repeat(rest - 1))).toMatchObject(refused("value"));
  const environment = await environmentOf(base, admin.secret);
  expect(environment).toEqual([
    ["A", large],
    ["B", large],
    ["CC", "x".repeat(rest - 2)],
  ]);
  expect((await set("CC", "")).status).toBe(200);
  expect((await set("D", "")).status).toBe(201);
});

test("the limits hold for concurrent requests too", async () => {
  const value = "x".repeat(40 * kibibyte);
  const answers = await Promise.all(["A", "B", "C", "D", "E"].map((name) => set(name, value)));
  const statuses = answers.map(({ status }) => status).toSorted();
  expect(statuses).toEqual([201, 201, 201, 422, 422]);
  expect(await environmentOf(base, admin.secret)).toHaveLength(3);
});
