import { beforeAll, expect, test } from "vitest";
import { createToken, type TestToken } from "@/testing/access-tokens";
import { type Answer, ask } from "@/testing/api/ask";
import { variableOf } from "@/testing/api/environment-variables";
import { serveApi } from "@/testing/api/server";
import { createTenant } from "@/testing/tenant";

let base: string;
let admin: TestToken;

beforeAll(async () => {
  base = await serveApi();
  const { group } = await createTenant();
  admin = await createToken(group.admin, group.scope, { admin: true });
});

function send(method: string, name: string, ifMatch?: string, value = "x"): Promise<Answer> {
  const headers = {
    "private-token": admin.secret,
    "content-type": "application/json",
    ...(ifMatch === undefined ? {} : { "if-match": ifMatch }),
  };
  const body = method === "PUT" ? { body: JSON.stringify({ value }) } : {};
  return ask(base, variableOf(admin.id, name), { method, headers, ...body });
}

test("each change gives a new ETag, and a stale ETag is refused without a change", async () => {
  const added = await send("PUT", "A");
  const first = String(added.headers.etag);
  expect(first).toMatch(/^"rev_[0-9a-z]{26}"$/);
  const replaced = await send("PUT", "A", first);
  expect(replaced.status).toBe(200);
  const second = String(replaced.headers.etag);
  expect(second).not.toBe(first);
  const stale = { status: 412, body: { code: "precondition_failed" } };
  expect(await send("PUT", "A", first)).toMatchObject(stale);
  expect(await send("DELETE", "A", first)).toMatchObject(stale);
  expect(await send("PUT", "A", `W/${second}`)).toMatchObject(stale);
  expect((await send("PUT", "A", `${first}, ${second}`)).status).toBe(200);
});

test("If-Match: * requires that the variable exists", async () => {
  expect(await send("PUT", "B", "*")).toMatchObject({ status: 412 });
  expect((await send("PUT", "B")).status).toBe(201);
  expect((await send("PUT", "B", "*")).status).toBe(200);
  expect((await send("DELETE", "B", "*")).status).toBe(204);
  expect(await send("PUT", "B", '"rev_gone"')).toMatchObject({ status: 412 });
});

test("a change succeeds with the ETag just read, and the refusal of a stale one says what to do", async () => {
  await send("PUT", "READ");
  const read = String((await send("GET", "READ")).headers.etag);
  expect((await send("PUT", "READ", read)).status).toBe(200);
  const detail = "Someone has changed the environment variable READ meanwhile. Read it again and decide anew.";
  expect(await send("PUT", "READ", read)).toMatchObject({ status: 412, body: { detail } });
  expect((await send("PUT", "READ", String((await send("GET", "READ")).headers.etag))).status).toBe(200);
});

test("of three concurrent changes with the same ETag, only one succeeds", async () => {
  const tag = String((await send("PUT", "C")).headers.etag);
  const answers = await Promise.all(["1", "2", "3"].map((value) => send("PUT", "C", tag, value)));
  expect(answers.map(({ status }) => status).sort()).toEqual([200, 412, 412]);
});

test("an invalid ETag is refused", async () => {
  expect(await send("PUT", "D", "rev_1")).toMatchObject({ status: 400, body: { code: "malformed" } });
});
