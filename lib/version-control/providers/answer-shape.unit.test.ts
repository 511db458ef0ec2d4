import { expect, onTestFinished, test } from "vitest";
import { type Answer, type Recorded, startStandIn } from "@/testing/stand-ins/server";
import { checkAccess, type ProviderCredential, registerRunner, unregisterRunner } from "./provider-check";

process.env.PROVIDER_ALLOWLIST = "127.0.0.1";

const gitlab = {
  "GET /api/v4/personal_access_tokens/self": { scopes: ["api"], active: true, revoked: false, user_id: 3 },
  "GET /api/v4/user": { id: 3, bot: true, username: "project_123_bot" },
  "GET /api/v4/projects/123": { id: 123, permissions: { project_access: { access_level: 40 }, group_access: null } },
  "POST /api/v4/user/runners": { id: 7, token: "glrt-7", token_expires_at: null },
};
const member = { ...gitlab, "GET /api/v4/projects/123": { id: 123 } };
const github = {
  "GET /api/v3/user": { login: "octocat", type: "Bot" },
  "GET /api/v3/repos/octo-org/octo-repo": { id: 1 },
  "POST /api/v3/repos/octo-org/octo-repo/actions/runners/registration-token": {
    token: "ABC",
    expires_at: "2099-01-22T12:13:35.123-08:00",
  },
};
type Answers = Record<string, unknown>;

/** An access at a server that gives this answer to each request and accepts each deletion. */
async function accessTo(
  providerType: ProviderCredential["providerType"],
  answers: Answers,
  headers = {},
): Promise<ProviderCredential> {
  const answer = ({ method, path }: Recorded): Answer => {
    if (method === "DELETE") return { status: 204 };
    const body = answers[`${method} ${path}`];
    return body === undefined ? { status: 404, body: {} } : { status: 200, body, headers };
  };
  const server = await startStandIn(answer);
  onTestFinished(server.close);
  const targetId = providerType === "gitlab" ? "123" : "octo-org/octo-repo";
  const target = { providerUrl: server.url, tokenScope: "project", targetId } as const;
  return { providerType, ...target, token: "glpat-standin", acceptPersonalToken: false };
}

const self = "GET /api/v4/personal_access_tokens/self";
const role = "GET /api/v4/projects/123/members/all/3";
const project = "GET /api/v4/projects/123";
const expiring = (expires_at: unknown) => ({ ...gitlab[self], expires_at });
const roleOf = (access_level: unknown) => ({ id: 123, permissions: { project_access: { access_level } } });

test.each<[string, unknown, Answers]>([
  ...[20300101, "never", ["x"], {}, "2030-13-45", "0000-01-01", "1".repeat(20)].map(
    (one): [string, unknown, Answers] => [self, expiring(one), gitlab],
  ),
  [self, [], gitlab],
  [self, null, gitlab],
  [self, { scopes: [null] }, gitlab],
  [self, { scopes: "api" }, gitlab],
  [self, { ...gitlab[self], user_id: "3" }, gitlab],
  ["GET /api/v4/user", { id: "3", bot: true }, gitlab],
  ["GET /api/v4/user", { id: 3, bot: false, username: 3 }, gitlab],
  [project, [null], gitlab],
  [project, { id: "123" }, gitlab],
  [project, { id: 1e300 }, gitlab],
  [project, roleOf("40"), gitlab],
  [project, roleOf(null), gitlab],
  [project, { id: 123, permissions: "all" }, gitlab],
  [role, { access_level: "Maintainer" }, member],
  [role, {}, member],
  ["POST /api/v4/user/runners", { id: 7 }, gitlab],
])("GitLab's check rejects the response %s %j as not GitLab's", async (asked, answer, others) => {
  const access = await accessTo("gitlab", { ...others, [asked]: answer });
  await expect(checkAccess(access)).rejects.toMatchObject({ code: "provider_not_recognized" });
});

test.each([
  ["2099-07-22", "2099-07-22T00:00:00.000Z"],
  ["2099-07-22T10:00:00.000Z", "2099-07-22T00:00:00.000Z"],
  [null, null],
])("GitLab's check accepts a credential that expires at %j", async (given, expires) => {
  const access = await accessTo("gitlab", { ...gitlab, [self]: expiring(given) });
  expect((await checkAccess(access)).tokenExpiresAt?.toISOString() ?? null).toBe(expires);
});

test.each<[string, unknown]>([
  ["GET /api/v3/user", { login: 1 }],
  ["GET /api/v3/user", { login: "octocat", type: ["User"] }],
  ["GET /api/v3/user", null],
  ["GET /api/v3/repos/octo-org/octo-repo", []],
  ["GET /api/v3/repos/octo-org/octo-repo", "repo"],
  ["POST /api/v3/repos/octo-org/octo-repo/actions/runners/registration-token", { token: "ABC", expires_at: 1 }],
  [
    "POST /api/v3/repos/octo-org/octo-repo/actions/runners/registration-token",
    { token: "ABC", expires_at: "0001-01-01T00:00:00+14:00" },
  ],
])("GitHub's check rejects the response %s %j as not GitHub's", async (asked, answer) => {
  const access = await accessTo("github", { ...github, [asked]: answer });
  await expect(checkAccess(access)).rejects.toMatchObject({ code: "provider_not_recognized" });
});

test.each(["never", "-271821-04-20", "+275760-09-13", "9999-12-31T23:59:59-12:00"])(
  "an expiration of %s in GitHub's header is ignored",
  async (expires) => {
    const access = await accessTo("github", github, { "github-authentication-token-expiration": expires });
    expect(await checkAccess(access)).toEqual({ tokenExpiresAt: null, targetNumber: "1" });
  },
);

test.each(["gitlab", "github"] as const)("a list of runners at %s with other entries is refused", async (type) => {
  const path = {
    gitlab: "GET /api/v4/projects/123/runners",
    github: "GET /api/v3/repos/octo-org/octo-repo/actions/runners",
  }[type];
  const remote = { remoteId: null, description: "run_1" };
  const listed = (list: unknown) => (type === "github" ? { total_count: 1, runners: list } : list);
  for (const list of [[null], [{}], [{ id: "1", description: "run_1", name: "run_1" }], {}, "none"]) {
    const access = await accessTo(type, { [path]: listed(list) });
    await expect(unregisterRunner(access, remote)).rejects.toMatchObject({ code: "provider_not_recognized" });
  }
  const access = await accessTo(type, { [path]: listed([{ id: 1, description: "run_2", name: "run_2" }]) });
  expect(await unregisterRunner(access, remote)).toBe(false);
});

test.each([1e15, "soon", "+275760-09-13T00:00:00Z"])("an expiration of %j is not GitLab's", async (expires) => {
  const made = { ...gitlab["POST /api/v4/user/runners"], token_expires_at: expires };
  const access = await accessTo("gitlab", { "POST /api/v4/user/runners": made });
  const asked = registerRunner(access, { tags: [], runUntagged: false, description: "run_1" });
  await expect(asked).rejects.toMatchObject({ code: "provider_not_recognized" });
});

test.each([401, 403])("after GitLab answers %i, the runner is removed by its own token", async (status) => {
  const removed: string[] = [];
  const server = await startStandIn(({ path, url, headers }) => {
    if (path !== "/api/v4/runners") return { status, body: { message: "no" } };
    removed.push(`${url.searchParams.get("token")} ${headers["private-token"]}`);
    return { status: 204 };
  });
  onTestFinished(server.close);
  const access = { ...(await accessTo("gitlab", {})), providerUrl: server.url };
  const remote = { remoteId: "7", description: "run_1" };
  const code = status === 401 ? "credential_rejected" : "missing_role";
  await expect(unregisterRunner(access, remote)).rejects.toMatchObject({ code });
  expect(await unregisterRunner(access, { ...remote, runnerToken: "glrt-7" })).toBe(true);
  expect(removed).toEqual(["glrt-7 undefined"]);
});
