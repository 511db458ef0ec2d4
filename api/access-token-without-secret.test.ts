import { beforeAll, beforeEach, expect, test } from "vitest";
import { deleteSecret } from "@/lib/access-tokens/rotation/delete-secret";
import { createToken, type TestToken } from "@/testing/access-tokens";
import { ask, askAs } from "@/testing/api/ask";
import { usePeople } from "@/testing/api/people";
import { serveApi } from "@/testing/api/server";
import { pipelineSecret, trustPipeline } from "@/testing/pipelines/pipelines";
import { createTenant, type Tenant } from "@/testing/tenant";

const tokens = "/api/v2.0/access-tokens";
const self = `${tokens}/self`;
const people = usePeople();

let base: string;
let tenant: Tenant;
let token: TestToken;
let pipeline: string;
let path: string;

beforeAll(async () => {
  base = await serveApi();
});
beforeEach(async () => {
  tenant = await createTenant();
  const { admin, scope } = tenant.group;
  token = await createToken(admin, scope, { admin: true });
  pipeline = await pipelineSecret(token, await trustPipeline(token));
  path = `${tokens}/${token.id}`;
});

async function byAdmin(method: string, to: string, body?: unknown, more: Record<string, string> = {}) {
  const { admin } = tenant.group;
  await people.link(admin);
  const headers = {
    authorization: `Bearer ${await people.jwtOf(admin.userId)}`,
    ...(body !== undefined && { "content-type": "application/json" }),
    ...more,
  };
  return ask(base, to, { method, headers, ...(body !== undefined && { body: JSON.stringify(body) }) });
}

const deleted = () => deleteSecret(tenant.group.admin, token.id);
const statusOf = async (secret: string) => (await askAs(base, secret, "GET", self)).status;

test("the deleted secret is answered 401 from the next request on, and pipelines go on", async () => {
  expect(await statusOf(token.secret)).toBe(200);
  await deleted();
  expect([await statusOf(token.secret), await statusOf(pipeline)]).toEqual([401, 200]);
});

test("every answer with the token has null as its suffix", async () => {
  await deleted();
  const resource = { id: token.id, token_suffix: null, retiring_secret: null };
  const context = await askAs(base, pipeline, "GET", "/api/v2.0/session-context");
  expect(context).toMatchObject({ status: 200, body: { access_token: resource } });
  for (const answer of [
    await askAs(base, pipeline, "GET", self),
    await askAs(base, pipeline, "GET", path),
    await byAdmin("GET", path),
    await byAdmin("PATCH", path, { description: "by pipelines alone" }),
    await byAdmin("POST", `${path}/revoke`),
    await byAdmin("POST", `${path}/reactivate`),
  ]) {
    expect(answer).toMatchObject({ status: 200, body: resource });
  }
  const list = await byAdmin("GET", `${tokens}?group_id=${tenant.group.id}`);
  expect(list).toMatchObject({ status: 200, body: { items: [resource] } });
});

test("the deletion is a new version", async () => {
  const { etag = "" } = (await byAdmin("GET", path)).headers;
  await deleted();
  const outdated = await byAdmin("PATCH", path, { name: "other" }, { "if-match": String(etag) });
  expect(outdated).toMatchObject({ status: 412, body: { code: "precondition_failed" } });
});

test.each([[undefined], ["on_first_use"], ["now"], [new Date(Date.now() + 86_400_000).toISOString()]])(
  "a rotation with old_secret %j makes a secret again, and none retires",
  async (oldSecret) => {
    await deleted();
    const { status, body } = await byAdmin("POST", `${path}/rotate`, oldSecret ? { old_secret: oldSecret } : {});
    const secret = String(body.token);
    expect(status).toBe(200);
    expect(body).toMatchObject({ token_suffix: secret.slice(-4), retiring_secret: null });
    expect([await statusOf(secret), await statusOf(token.secret)]).toEqual([200, 401]);
  },
);

test("a rotation whose answer was lost is repeated with its key", async () => {
  await deleted();
  const rotate = () => byAdmin("POST", `${path}/rotate`, {}, { "idempotency-key": "once" });
  const [lost, again] = [String((await rotate()).body.token), String((await rotate()).body.token)];
  expect([await statusOf(lost), await statusOf(again)]).toEqual([401, 200]);
  expect(await rotate()).toMatchObject({ status: 409, body: { code: "conflict" } });
});

test.each([["complete"], ["cancel"]])("rotation/%s is a conflict", async (end) => {
  await deleted();
  expect(await byAdmin("POST", `${path}/rotation/${end}`)).toMatchObject({
    status: 409,
    body: { code: "conflict", detail: "No rotation of this access token is pending: it has no secret." },
  });
});
