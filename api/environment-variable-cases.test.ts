import { beforeAll, beforeEach, expect, test } from "vitest";
import { createToken, type TestToken } from "@/testing/access-tokens";
import { type Answer, askAs } from "@/testing/api/ask";
import { environmentOf, setOwn, variableOf, variablesOf } from "@/testing/api/environment-variables";
import { serveApi } from "@/testing/api/server";
import { sharedCases } from "@/testing/shared-cases";
import { createTenant } from "@/testing/tenant";

let base: string;
let admin: TestToken;

beforeAll(async () => {
  base = await serveApi();
});
beforeEach(async () => {
  const { group } = await createTenant();
  admin = await createToken(group.admin, group.scope, { admin: true });
});

const set = (name: string, value: unknown) => setOwn(base, admin, name, value);
const listed = () => askAs(base, admin.secret, "GET", variablesOf(admin.id));

function refused(field: string): object {
  return { status: 422, body: { code: "invalid", errors: [{ field, message: expect.stringMatching(/\w+ \w+/) }] } };
}

function namesIn({ body }: Answer): string[] {
  return Array.isArray(body.items) ? body.items.map(({ name }) => String(name)) : [];
}

const inOrder = (names: string[]) => names.toSorted((a, b) => (a < b ? -1 : 1));

const names = sharedCases("env_name");

test.runIf(names.length > 0)("every shared case of a name is accepted, or refused with its reason", async () => {
  const accepted: string[] = [];
  for (const { value, expect: expected, why } of names) {
    const name = String(value);
    const answer = await set(name, why);
    if (name === "") expect(answer.status, why).toBe(404);
    else if (expected === "reject") expect(answer, why).toMatchObject(refused("name"));
    else {
      expect(answer, why).toMatchObject({ status: 201, body: { name, size: Buffer.byteLength(why) } });
      accepted.push(name);
    }
  }
  expect(namesIn(await listed())).toEqual(inOrder(accepted));
  expect((await environmentOf(base, admin.secret)).map(([name]) => name)).toEqual(inOrder(accepted));
});

const values = sharedCases("env_value");

test.runIf(values.length > 0)("every shared case of a value is returned byte for byte, or is refused", async () => {
  for (const [place, { value, expect: expected, why }] of values.entries()) {
    const answer = await set(`CASE_${place}`, value);
    if (expected === "reject") {
      expect(answer, why).toMatchObject(refused("value"));
      continue;
    }
    expect(answer, why).toMatchObject({ status: 201, body: { size: Buffer.byteLength(String(value)) } });
    expect(answer.text, why).not.toContain(JSON.stringify(value));
  }
  const accepted = values.flatMap(({ value, expect: expected }, place) =>
    expected === "accept" ? [[`CASE_${place}`, value]] : [],
  );
  expect(Object.fromEntries(await environmentOf(base, admin.secret))).toEqual(Object.fromEntries(accepted));
  const { text } = await listed();
  for (const [, value] of accepted) expect(text).not.toContain(JSON.stringify(value));
});

const odd = [
  "",
  " ",
  "\n",
  "\r",
  "a\n\n",
  "\ttab\v\f\u007f",
  "\ufeffbom",
  "e\u0301 is not \u00e9",
  "\u2028\u2029",
  "\u{10ffff}",
  "\ufffe\uffff",
];
test.each([...odd, "'\"'\"'\\'", "x".repeat(48 * 1024), "\u0001".repeat(48 * 1024), "€".repeat(16 * 1024)])(
  "the value %j is returned unchanged",
  async (value) => {
    expect(await set("VALUE", value)).toMatchObject({ status: 201, body: { size: Buffer.byteLength(value) } });
    expect(await environmentOf(base, admin.secret)).toEqual([["VALUE", value]]);
    expect(await set("VALUE", "another")).toMatchObject({ status: 200 });
    expect(await set("VALUE", value)).toMatchObject({ status: 200 });
    expect(await environmentOf(base, admin.secret)).toEqual([["VALUE", value]]);
  },
);

test("names with a meaning in JavaScript are ordinary names", async () => {
  const special = ["__proto__", "constructor", "hasOwnProperty", "prototype", "toJSON", "toString", "valueOf"];
  for (const name of special) expect((await set(name, `of ${name}`)).status, name).toBe(201);
  expect(namesIn(await listed())).toEqual(special);
  expect(await environmentOf(base, admin.secret)).toEqual(special.map((name) => [name, `of ${name}`]));
  for (const name of special) {
    expect((await askAs(base, admin.secret, "DELETE", variableOf(admin.id, name))).status, name).toBe(204);
  }
  expect(await environmentOf(base, admin.secret)).toEqual([]);
});

test.each(["a\0b", "\ud800", "a\udc00b", "x".repeat(48 * 1024 + 1), "€".repeat(16 * 1024 + 1)])(
  "the value %j is refused, and the refusal doesn't repeat it",
  async (value) => {
    await set("VALUE", "before");
    const answer = await set("VALUE", value);
    expect(answer).toMatchObject(refused("value"));
    expect(answer.text).not.toContain(JSON.stringify(value).slice(1, -1));
    expect(await environmentOf(base, admin.secret)).toEqual([["VALUE", "before"]]);
  },
);

test.each([null, 1, true, ["a"], { a: "b" }, undefined])(
  "the value %j is refused: it isn't a string",
  async (value) => {
    expect(await set("VALUE", value)).toMatchObject(refused("value"));
    expect(await environmentOf(base, admin.secret)).toEqual([]);
  },
);
