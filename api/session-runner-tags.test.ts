import { beforeAll, beforeEach, expect, test } from "vitest";
import { createToken, type TestToken } from "@/testing/access-tokens";
import { askAs } from "@/testing/api/ask";
import { serveApi } from "@/testing/api/server";
import { accessesOf, githubBody, gitlabBody, useProviders } from "@/testing/api/version-control";
import { createTenant } from "@/testing/tenant";

const runners = "/api/v2.0/session-context/runners";
const providers = useProviders();

let base: string;
let admin: TestToken;
let user: TestToken;

beforeAll(async () => {
  base = await serveApi();
});
beforeEach(async () => {
  const { group } = await createTenant();
  admin = await createToken(group.admin, group.scope, { admin: true });
  user = await createToken(group.admin, group.scope);
});

async function add(body: object): Promise<string> {
  const { status, body: access } = await askAs(base, admin.secret, "POST", accessesOf(user.id), body);
  expect(status).toBe(201);
  return `${accessesOf(user.id)}/${access.id}`;
}

const register = (tags: unknown, provider_url = providers.gitlab.url) =>
  askAs(base, user.secret, "POST", runners, { provider_url, ...(tags === undefined ? {} : { tags }) });

/** The runner that GitLab was asked to create. */
function askedOfGitlab() {
  return providers.gitlab.requests.filter(({ path }) => path.endsWith("/user/runners")).at(-1)?.body;
}

const any = {};
const some = { allowed_tags: ["bench", "HIL"] };
const untagged = { run_untagged: true };

test.each([
  [any, undefined, ["vehaas"], false],
  [any, [], ["vehaas"], false],
  [any, ["bench"], ["bench"], false],
  [any, ["bench", "bench", " bench "], ["bench"], false],
  [some, undefined, ["bench", "HIL"], false],
  [some, ["HIL"], ["HIL"], false],
  [untagged, undefined, [], true],
  [untagged, ["bench"], ["bench"], false],
  [{ ...some, ...untagged }, undefined, ["bench", "HIL"], true],
  [{ ...some, ...untagged }, ["bench"], ["bench"], false],
])(
  "with %j, a runner requested with the tags %j gets %j, and runs untagged jobs: %j",
  async (access, tags, gets, runs) => {
    await add(gitlabBody(providers, access));
    expect(await register(tags)).toMatchObject({ status: 201, body: { tags: gets } });
    expect(askedOfGitlab()).toMatchObject({ tag_list: gets, run_untagged: runs, locked: true });
  },
);

test.each([
  [["bench", "gpu"], /"gpu" is not one of the allowed tags/],
  [["hil"], /"hil"/],
  [["bench,gpu"], /commas/],
])("a registration with %j is refused because of its tags, without a request to GitLab", async (tags, says) => {
  await add(gitlabBody(providers, some));
  const asked = providers.gitlab.requests.length;
  const { status, body } = await register(tags);
  expect([status, body.code]).toEqual([422, "invalid"]);
  expect(body.errors).toMatchObject([
    { field: expect.stringMatching(/^tags(?:\.0)?$/), message: expect.stringMatching(says) },
  ]);
  expect(providers.gitlab.requests.length).toBe(asked);
  expect((await askAs(base, user.secret, "GET", accessesOf(user.id))).status).toBe(200);
});

test("a refused registration leaves no row, so it doesn't count against the token's limit", async () => {
  const one = await add(gitlabBody(providers, some));
  await register(["gpu"]);
  expect((await askAs(base, user.secret, "GET", `${one}/runners`)).body.items).toEqual([]);
});

test("GitHub's labels are checked the same way, and returned for the VM to start the runner with", async () => {
  await add(githubBody(providers, some));
  const { url } = providers.github;
  expect(await register(["gpu"], url)).toMatchObject({ status: 422, body: { errors: [{ field: "tags" }] } });
  expect(await register(undefined, url)).toMatchObject({ status: 201, body: { tags: ["bench", "HIL"] } });
});

test("a GitHub runner without requested or allowed labels gets the label vehaas", async () => {
  await add(githubBody(providers));
  expect(await register([], providers.github.url)).toMatchObject({ status: 201, body: { tags: ["vehaas"] } });
});

test("tags that GitLab itself drops are refused as tags", async () => {
  await add(gitlabBody(providers));
  // GitLab strips the quotes, and no tag is left.
  providers.gitlab.state.forgetsTags = true;
  expect(await register(['""'])).toMatchObject({ status: 422, body: { code: "invalid", errors: [{ field: "tags" }] } });
});

test("a runner that runs untagged jobs against the access's setting is removed at once", async () => {
  await add(gitlabBody(providers));
  providers.gitlab.state.runsUntagged = true;
  expect(await register(["bench"])).toMatchObject({ status: 422, body: { code: "registration_disabled" } });
  expect(providers.gitlab.runners.size).toBe(0);
});
