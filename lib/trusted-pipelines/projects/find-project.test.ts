import { afterAll, beforeAll, beforeEach, expect, test, vi } from "vitest";
import { addAccess, addAccessInput } from "@/lib/version-control/add";
import { createToken, type TestToken } from "@/testing/access-tokens";
import { refusal } from "@/testing/refusal";
import { githubNumber, githubOwnerNumber, startGithub } from "@/testing/stand-ins/github";
import { githubToken } from "@/testing/stand-ins/github-credentials";
import { startGitlab } from "@/testing/stand-ins/gitlab";
import { gitlabToken, target } from "@/testing/stand-ins/gitlab-credentials";
import { createTenant, type Tenant } from "@/testing/tenant";
import { findProject } from "./find-project";

let gitlab: Awaited<ReturnType<typeof startGitlab>>;
let github: Awaited<ReturnType<typeof startGithub>>;
let tenant: Tenant;
let token: TestToken;

beforeAll(async () => {
  vi.stubEnv("PROVIDER_ALLOWLIST", "127.0.0.1");
  gitlab = await startGitlab({ subPath: "/gitlab" });
  github = await startGithub();
});
afterAll(() => Promise.all([gitlab.close(), github.close()]));
beforeEach(async () => {
  gitlab.failWith(undefined);
  gitlab.state.isPublic = false;
  github.state.isPublic = false;
  tenant = await createTenant();
  token = await createToken(tenant.group.admin, tenant.group.scope);
});

const find = (project: string = target.project.path, type: "gitlab" | "github" = "gitlab") =>
  findProject(tenant.group.admin, token.id, {
    providerType: type,
    providerUrl: type === "gitlab" ? `${gitlab.url}/` : github.url,
    project,
  });

function give(kind: Parameters<typeof gitlabToken>[0]) {
  const credential = { token: gitlabToken(kind), tokenScope: "project", targetId: "123" };
  const input = { providerType: "gitlab", providerUrl: gitlab.url, ...credential };
  return addAccess(tenant.group.admin, token.id, addAccessInput.parse(input));
}

const ofProject = {
  projectId: "123",
  ownerId: null,
  branches: ["main", "feature/x", "release/1"],
  tags: ["v1.0"],
  environments: ["production", "staging"],
};

test("a GitLab project is found with the token's own access, with its branches, tags and environments", async () => {
  await give("projectBot");
  gitlab.requests.length = 0;
  expect(await find()).toEqual(ofProject);
  expect(gitlab.requests[0]?.path).toBe("/gitlab/api/v4/projects/test%2Ftest-project");
  for (const { headers } of gitlab.requests) expect(headers["private-token"]).toBe(gitlabToken("projectBot"));
});

test("a public project is found without a credential, also where the access may not look it up", async () => {
  gitlab.state.isPublic = true;
  expect(await find()).toMatchObject({ projectId: "123" });
  expect(gitlab.requests.at(-1)?.headers["private-token"]).toBeUndefined();
  await give("createRunnerOnly");
  expect(await find()).toMatchObject({ projectId: "123" });
});

test("a project that is not public needs an access, which is said", async () => {
  expect(await refusal(find())).toMatchObject({
    code: "target_not_found",
    message: expect.stringContaining("With a version control access"),
  });
  await give("projectBot");
  expect(await refusal(find("test/none"))).toMatchObject({
    code: "target_not_found",
    message: expect.stringContaining("may not see it"),
  });
});

test("another token's access is not used", async () => {
  const other = await createToken(tenant.group.admin, tenant.group.scope);
  await give("projectBot");
  const input = { providerType: "gitlab", providerUrl: gitlab.url, project: target.project.path } as const;
  gitlab.requests.length = 0;
  expect(await refusal(findProject(tenant.group.admin, other.id, input))).toMatchObject({ code: "target_not_found" });
  expect(gitlab.requests.map(({ headers }) => headers["private-token"])).toEqual([undefined]);
});

test("a GitHub repository is found with its owner", async () => {
  const credential = { token: githubToken("installation"), tokenScope: "project", targetId: "octo-org/octo-repo" };
  const input = { providerType: "github", providerUrl: github.url, ...credential };
  await addAccess(tenant.group.admin, token.id, addAccessInput.parse(input));
  expect(await find("octo-org/octo-repo", "github")).toEqual({
    projectId: String(githubNumber),
    ownerId: String(githubOwnerNumber),
    branches: ["main", "release/1"],
    tags: ["v1.0"],
    environments: ["production"],
  });
  expect(await refusal(find("octo-org/old-name", "github"))).toMatchObject({ errors: [{ field: "project" }] });
});

test("a public GitHub repository is found without a credential", async () => {
  expect(await refusal(find("octo-org/octo-repo", "github"))).toMatchObject({ code: "target_not_found" });
  github.state.isPublic = true;
  expect(await find("octo-org/octo-repo", "github")).toMatchObject({ projectId: String(githubNumber) });
});

test("what is refused without the provider does not ask it", async () => {
  gitlab.requests.length = 0;
  for (const project of ["123", "", "a/../b", "test"])
    expect(await refusal(find(project))).toMatchObject({ code: "invalid", errors: [{ field: "project" }] });
  const input = { providerType: "gitlab", providerUrl: "http://10.0.0.1", project: "a/b" } as const;
  const refused = await refusal(findProject(tenant.group.admin, token.id, input));
  expect(refused).toMatchObject({ code: "provider_url_not_allowed" });
  expect(gitlab.requests).toEqual([]);
});

test.each(["html", "error", "huge"] as const)(
  "a provider that answers with %s is a refusal in words",
  async (fault) => {
    gitlab.failWith(fault);
    expect((await refusal(find())).code).toMatch(/^provider_/);
  },
);

test("a project that has moved is refused at its field", async () => {
  await give("projectBot");
  expect(await refusal(find("moved/away"))).toMatchObject({ errors: [{ field: "project" }] });
});

test("lookups are limited as other calls to providers", async () => {
  gitlab.state.isPublic = true;
  for (let call = 0; call < 30; call++) await find();
  expect(await refusal(find())).toMatchObject({ code: "rate_limited" });
});
