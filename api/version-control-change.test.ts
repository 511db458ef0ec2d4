import { beforeAll, beforeEach, expect, test } from "vitest";
import { createToken, type TestToken } from "@/testing/access-tokens";
import { askAs } from "@/testing/api/ask";
import { serveApi } from "@/testing/api/server";
import { accessesOf, githubBody, gitlabBody, useProviders } from "@/testing/api/version-control";
import { eventsOn } from "@/testing/audit";
import { createTenant } from "@/testing/tenant";

const providers = useProviders();

let base: string;
let admin: TestToken;

beforeAll(async () => {
  base = await serveApi();
});
beforeEach(async () => {
  const { group } = await createTenant();
  admin = await createToken(group.admin, group.scope, { admin: true });
});

const add = (body: object) => askAs(base, admin.secret, "POST", accessesOf(admin.id), body);
const change = (id: unknown, body: unknown) =>
  askAs(base, admin.secret, "PATCH", `${accessesOf(admin.id)}/${id}`, body);
const list = async () => (await askAs(base, admin.secret, "GET", accessesOf(admin.id))).body.items;

test("an access allows any tags and no untagged jobs by default", async () => {
  const { body } = await add(gitlabBody(providers));
  expect(body).toMatchObject({ allowed_tags: [], run_untagged: false });
  const said = { allowed_tags: ["bench", "HIL"], run_untagged: true };
  const other = await add(gitlabBody(providers, { ...said, provider_url: `${providers.gitlab.url}/` }));
  expect(other.status).toBe(409);
  await askAs(base, admin.secret, "DELETE", `${accessesOf(admin.id)}/${body.id}`);
  const again = await add(gitlabBody(providers, { ...said, allowed_tags: ["bench", " HIL ", "bench"] }));
  expect(again).toMatchObject({ status: 201, body: said });
  expect(await list()).toMatchObject([said]);
});

test("a change of an access's rules for runners is stored, returned and recorded", async () => {
  const { body, headers } = await add(gitlabBody(providers, { allowed_tags: ["bench"], run_untagged: true }));
  const asked = providers.gitlab.requests.length;
  const off = await change(body.id, { run_untagged: false });
  expect(off).toMatchObject({ status: 200, body: { ...body, run_untagged: false } });
  expect(off.headers.etag).not.toBe(headers.etag);
  const tags = await change(body.id, { allowed_tags: ["hil", "gpu"] });
  expect(tags.body).toEqual({ ...off.body, allowed_tags: ["hil", "gpu"] });
  expect(await list()).toEqual([tags.body]);
  expect(providers.gitlab.requests.length).toBe(asked);
  expect((await eventsOn(admin.id)).at(-1)).toMatchObject({
    action: "version_control_access.changed",
    detail: { provider_url: providers.gitlab.url, allowed_tags: "hil, gpu", run_untagged: "no" },
  });
});

test("a change to the same values succeeds, is not recorded and keeps the version", async () => {
  const { body, headers } = await add(gitlabBody(providers, { allowed_tags: ["bench"] }));
  const events = await eventsOn(admin.id);
  for (const same of [{}, { allowed_tags: ["bench"] }, { run_untagged: false }])
    expect(await change(body.id, same)).toMatchObject({ status: 200, body, headers: { etag: headers.etag } });
  expect(await eventsOn(admin.id)).toEqual(events);
});

test.each([
  [{ run_untagged: "yes" }, "run_untagged"],
  [{ run_untagged: null }, "run_untagged"],
  [{ allowed_tags: "bench" }, "allowed_tags"],
  [{ allowed_tags: ["a,b"] }, "allowed_tags.0"],
  [{ allowed_tags: ["bench", ""] }, "allowed_tags.1"],
  [{ allowed_tags: ["x".repeat(65)] }, "allowed_tags.0"],
  [{ allowed_tags: Array.from({ length: 51 }, (_, place) => `t${place}`) }, "allowed_tags"],
])("%j is refused in a new access and in a change", async (differs, field) => {
  const refused = { status: 422, body: { code: "invalid", errors: [{ field }] } };
  expect(await add(gitlabBody(providers, differs))).toMatchObject(refused);
  const { body } = await add(gitlabBody(providers));
  expect(await change(body.id, differs)).toMatchObject(refused);
});

test("other fields can't be changed", async () => {
  const { body } = await add(gitlabBody(providers));
  for (const field of ["provider_url", "token", "target_id", "id", "check"])
    expect(await change(body.id, { [field]: "x" })).toMatchObject({ status: 422, body: { errors: [{ field }] } });
});

test("untagged jobs are refused for GitHub", async () => {
  const refused = { status: 422, body: { code: "invalid", errors: [{ field: "run_untagged" }] } };
  const asked = providers.github.requests.length;
  expect(await add(githubBody(providers, { run_untagged: true }))).toMatchObject(refused);
  expect(providers.github.requests.length).toBe(asked);
  const { body } = await add(githubBody(providers, { run_untagged: false }));
  expect(body.run_untagged).toBe(false);
  expect(await change(body.id, { run_untagged: true })).toMatchObject(refused);
  expect(await change(body.id, { allowed_tags: ["gpu"] })).toMatchObject({ status: 200 });
});
