import { beforeAll, beforeEach, expect, test } from "vitest";
import { deleteAccessToken, reactivateAccessToken, revokeAccessToken } from "@/lib/access-tokens/change";
import { flushUses } from "@/lib/access-tokens/uses/record";
import { setVariable } from "@/lib/environment-variables/change";
import { createToken, expire, type TestToken } from "@/testing/access-tokens";
import { ask, askAs } from "@/testing/api/ask";
import { environmentOf, sessionContext } from "@/testing/api/environment-variables";
import { serveApi } from "@/testing/api/server";
import { eventsOn } from "@/testing/audit";
import { asOwner } from "@/testing/database/database-owner";
import { waitForLockWaiters } from "@/testing/database/locks";
import { recorded } from "@/testing/refusals";
import { createTenant, type Tenant } from "@/testing/tenant";

let base: string;
let tenant: Tenant;
let token: TestToken;

beforeAll(async () => {
  base = await serveApi();
});
beforeEach(async () => {
  tenant = await createTenant();
  token = await createToken(tenant.group.admin, tenant.group.scope);
});

const set = (name: string, value: string) => setVariable(tenant.group.admin, token.id, { name, value });
const read = (accept?: string, method = "GET") =>
  ask(base, sessionContext, { method, headers: { "private-token": token.secret, ...(accept ? { accept } : {}) } });

const never = { "cache-control": "no-store", "x-content-type-options": "nosniff" };

test("a user-role token reads its environment and its identity", async () => {
  await set("SECOND", "two\nlines");
  await set("FIRST", "it's $HOME");
  const { status, headers, body } = await read();
  expect(status).toBe(200);
  expect(headers).toMatchObject({ ...never, "content-type": "application/json", vary: "Accept" });
  const self = await askAs(base, token.secret, "GET", "/api/v2.0/access-tokens/self");
  const { authenticated_by: _, ...accessToken } = self.body;
  expect(body).toEqual({ environment: { FIRST: "it's $HOME", SECOND: "two\nlines" }, access_token: accessToken });
});

test("a token without variables has an empty environment, in every format", async () => {
  expect((await read()).body.environment).toEqual({});
  for (const type of ["text/x-shellscript", "text/x-dotenv"]) {
    const { status, text } = await read(type);
    expect(status).toBe(200);
    expect(text).not.toMatch(/^[^#\n]/m);
  }
});

test.each([
  ["text/x-shellscript", "export NAME='a value'\n"],
  ["text/x-dotenv", "NAME="],
])("Accept: %s selects that format", async (type, line) => {
  await set("NAME", "a value");
  const { status, headers, text } = await read(type);
  expect(status).toBe(200);
  expect(headers).toMatchObject({ ...never, "content-type": `${type}; charset=utf-8`, vary: "Accept" });
  expect(text).toContain(line);
  expect(text).not.toContain(token.technicalUser.username);
});

test("text is sent as UTF-8", async () => {
  await set("NAME", "日本語 🔑");
  for (const type of ["text/x-shellscript", "text/x-dotenv"]) expect((await read(type)).text).toContain("日本語 🔑");
});

test.each([
  ["*/*", "application/json"],
  ["application/json, text/x-shellscript, text/x-dotenv", "application/json"],
  ["text/*", "text/x-shellscript; charset=utf-8"],
  ["application/json;q=0.5, text/x-dotenv;q=0.7, text/x-shellscript;q=0.6", "text/x-dotenv; charset=utf-8"],
  ["*/*;q=0.1, TEXT/X-SHELLSCRIPT; charset=utf-8; q=0.2", "text/x-shellscript; charset=utf-8"],
  ["application/json;q=0, text/x-dotenv;q=0, */*", "text/x-shellscript; charset=utf-8"],
])("Accept: %s is served as %s", async (accept, type) => {
  expect(await read(accept)).toMatchObject({ status: 200, headers: { "content-type": type } });
});

test.each(["text/html", "text/plain", "application/xml", "application/json;q=0", "*/*;q=0"])(
  "Accept: %s can't be served, and nothing is read",
  async (accept) => {
    await set("NAME", "a value");
    const { status, headers, body } = await read(accept);
    expect(status).toBe(406);
    expect(headers).toMatchObject({ ...never, "content-type": "application/problem+json", vary: "Accept" });
    expect(body).toMatchObject({ code: "not_acceptable", detail: expect.stringContaining("text/x-dotenv") });
    expect(await readings()).toEqual([]);
  },
);

test("a value that dotenv can't represent is refused by its name, and served in the other formats", async () => {
  const value = "all 'of' \"the\" `quotes`\r\n$(id)\\";
  await set("GOOD", "a value");
  await set("AWKWARD", value);
  const { status, headers, body, text } = await read("text/x-dotenv");
  expect(status).toBe(406);
  expect(headers).toMatchObject({ ...never, "content-type": "application/problem+json", vary: "Accept" });
  expect(body).toMatchObject({ code: "not_acceptable", detail: expect.stringContaining("AWKWARD") });
  expect(body.detail).toMatch(/application\/json|text\/x-shellscript/);
  expect(text).not.toMatch(/quotes|a value/);
  expect((await read()).body.environment).toEqual({ AWKWARD: value, GOOD: "a value" });
  expect((await read("text/x-shellscript")).status).toBe(200);
});

test("HEAD answers like GET, without a body", async () => {
  await set("NAME", "a value");
  for (const type of ["application/json", "text/x-shellscript", "text/x-dotenv"]) {
    const [get, head] = [await read(type), await read(type, "HEAD")];
    expect(head).toMatchObject({ status: 200, text: "" });
    expect(head.headers).toMatchObject({ ...never, "content-type": get.headers["content-type"], vary: "Accept" });
  }
});

/** The actors of the recorded reads of the token's context. */
async function readings(): Promise<string[]> {
  const events = await eventsOn(token.id);
  return events.flatMap(({ action, actorId }) => (action === "session_context.read" ? [actorId] : []));
}

test("reads update the token's last use, and are recorded once, for the technical user", async () => {
  await set("NAME", "a value");
  for (const type of ["application/json", "text/x-shellscript", "text/x-dotenv"]) await read(type);
  await flushUses();
  const { id } = token.technicalUser;
  expect(await readings()).toEqual([id]);
  expect((await read()).body).toMatchObject({ access_token: { last_used_at: expect.stringMatching(/^\d{4}-/) } });
});

test("a token reads only its own environment", async () => {
  await set("NAME", "a value");
  const admin = await createToken(tenant.group.admin, tenant.group.scope, { admin: true });
  expect(await environmentOf(base, admin.secret)).toEqual([]);
  expect(await environmentOf(base, token.secret)).toEqual([["NAME", "a value"]]);
});

test("a revoked token reads nothing, and a reactivated one everything", async () => {
  await set("NAME", "a value");
  await revokeAccessToken(tenant.group.admin, token.id);
  expect(await read()).toMatchObject({ status: 401, body: { code: "unauthenticated" } });
  expect((await read("text/x-shellscript")).text).not.toContain("a value");
  await reactivateAccessToken(tenant.group.admin, token.id);
  expect(await environmentOf(base, token.secret)).toEqual([["NAME", "a value"]]);
});

test("expired and deleted tokens read nothing", async () => {
  await set("NAME", "a value");
  await expire(token.id);
  expect((await read()).status).toBe(401);
  await deleteAccessToken(tenant.group.admin, token.id);
  expect((await read()).status).toBe(401);
});

test("a token that is deleted during its request is answered like an unknown one", async () => {
  await set("NAME", "a value");
  const answer = await asOwner(async (owner) => {
    await owner.query("begin");
    await owner.query("lock table audit_events in share mode");
    const reading = read();
    await waitForLockWaiters(1);
    await owner.query("delete from access_tokens where id = $1", [token.id]);
    await owner.query("commit");
    return reading;
  });
  const { status, headers, text } = await read();
  expect(answer).toMatchObject({ status: 401, text });
  expect(answer.headers["www-authenticate"]).toBe('Bearer realm="veHaaS", error="invalid_token"');
  const ofEach = { date: "", "x-request-id": "" };
  expect({ ...answer.headers, ...ofEach }).toEqual({ ...headers, ...ofEach });
  expect(status).toBe(401);
});

test("parameters, other methods and bad credentials are refused", async () => {
  expect(await askAs(base, token.secret, "GET", `${sessionContext}?format=dotenv`)).toMatchObject({ status: 400 });
  for (const method of ["POST", "PUT", "DELETE"]) {
    const answer = await askAs(base, token.secret, method, sessionContext);
    expect(answer).toMatchObject({ status: 405, headers: { allow: "GET, HEAD" } });
  }
  for (const accept of ["application/json", "text/html"]) {
    expect(await ask(base, sessionContext, { headers: { accept } })).toMatchObject({ status: 401, headers: never });
  }
});

test("values copied here from another token's row are 409, and recorded in the organization's log", async () => {
  const other = await createToken(tenant.group.admin, tenant.group.scope);
  await set("NAME", "mine");
  await setVariable(tenant.group.admin, other.id, { name: "NAME", value: "theirs" });
  await asOwner((owner) =>
    owner.query(
      `update environments set sealed_values = (select sealed_values from environments where access_token_id = $1)
       where access_token_id = $2`,
      [other.id, token.id],
    ),
  );
  for (const type of ["application/json", "text/x-shellscript"]) {
    const { status, headers, body, text } = await read(type);
    expect({ status, type: headers["content-type"] }).toEqual({ status: 409, type: "application/problem+json" });
    expect(body).toMatchObject({ code: "conflict", detail: expect.stringContaining("can’t be read") });
    expect(text).not.toContain("theirs");
  }
  const [event] = await recorded(tenant.organization.id, "sealed_value.refused", 1);
  const detail = { table: "environments", column: "sealed_values", row_id: token.id };
  expect(event).toMatchObject({ actorId: token.actor.userId, accessTokenId: token.id, detail });
});
