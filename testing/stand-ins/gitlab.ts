import { type Credential, gitlabCredentials, target } from "./gitlab-credentials";
import { type Answer, type Recorded, type StandInOptions, startStandIn } from "./server";

export type GitlabRunner = {
  id: number;
  token: string;
  description: string;
  tags: string[];
  runUntagged: boolean;
  runnerType: string;
  paused: boolean;
};
type State = {
  registrationEnabled: boolean;
  refusesUntagged: boolean;
  /** Drops all tags of a registration. */
  forgetsTags: boolean;
  /** Makes every runner run untagged jobs, and reports it. */
  runsUntagged: boolean;
  /** Whether the project is shown without a credential. */
  isPublic: boolean;
};
type Asked = Recorded & { url: URL };

const notFound = (what: string): Answer => ({ status: 404, body: { message: `404 ${what} Not Found` } });
const insufficientScope: Answer = {
  status: 403,
  body: {
    error: "insufficient_scope",
    error_description: "The request requires higher privileges than provided by the access token.",
    scope: "create_runner api",
  },
};

/** The default state. */
export const usual: State = {
  registrationEnabled: true,
  refusesUntagged: true,
  forgetsTags: false,
  runsUntagged: false,
  isPublic: false,
};

/** What the project has, for suggestions. */
const projectLists: Record<string, string[] | undefined> = {
  "/repository/branches": ["main", "feature/x", "release/1"],
  "/repository/tags": ["v1.0"],
  "/environments": ["production", "staging"],
};

/** A GitLab with one group, one project and one credential of every kind. `runners` has the registered runners. */
export async function startGitlab(options: StandInOptions = {}) {
  const runners = new Map<number, GitlabRunner>();
  const state: State = { ...usual };
  const handler = (asked: Asked) => answer(asked, runners, state);
  const server = await startStandIn(handler, options);
  return { ...server, runners, state };
}

function answer(asked: Asked, runners: Map<number, GitlabRunner>, state: State): Answer {
  const { method, path, url, headers } = asked;
  if (method === "DELETE" && path === "/api/v4/runners") return removeByToken(runners, url.searchParams.get("token"));
  const secret = headers["private-token"];
  if (secret === undefined && method === "GET" && /^\/api\/v4\/projects\/[^/]+/.test(path)) {
    const visitor = gitlabCredentials.find((one) => one.projectRole === null);
    return state.isPublic && visitor ? read(path, url, visitor, runners) : notFound("Project");
  }
  const credential = gitlabCredentials.find((one) => one.token === secret);
  if (!credential) return { status: 401, body: { message: "401 Unauthorized" } };
  if (credential.rejected)
    return { status: 401, body: { error: "invalid_token", error_description: credential.rejected } };
  if (method === "POST" && path === "/api/v4/user/runners") return createRunner(asked, credential, runners, state);
  const runnerId = /^\/api\/v4\/runners\/(\d+)$/.exec(path)?.[1];
  if (method === "DELETE" && runnerId) return removeById(runners, credential, Number(runnerId));
  return method === "GET" ? read(path, url, credential, runners) : { status: 404, body: { error: "404 Not Found" } };
}

function read(path: string, url: URL, credential: Credential, runners: Map<number, GitlabRunner>): Answer {
  if (path === "/api/v4/personal_access_tokens/self") return readSelf(credential);
  if (!credential.scopes.some((scope) => scope === "api" || scope === "read_api")) return insufficientScope;
  if (path === "/api/v4/user")
    return { status: 200, body: { ...credential.user, state: "active", name: "Main token" } };
  const [, kind = "", id = "", rest = ""] = /^\/api\/v4\/(projects|groups)\/([^/]+)(\/.*)?$/.exec(path) ?? [];
  const found = kind === "projects" ? target.project : target.group;
  if (!kind) return { status: 404, body: { error: "404 Not Found" } };
  if (decodeURIComponent(id) === "moved/away") {
    const subPath = url.pathname.slice(0, -path.length);
    return { status: 301, headers: { location: `${subPath}/api/v4/projects/${found.id}${rest}${url.search}` } };
  }
  if (![String(found.id), found.path].includes(decodeURIComponent(id)))
    return notFound(kind === "projects" ? "Project" : "Group");
  if (rest === "/runners") return listRunners(url, kind === "projects" ? "project_type" : "group_type", runners);
  if (rest.startsWith("/members/all/")) return readMember(kind, Number(rest.split("/").at(-1)), credential);
  const names = kind === "projects" ? projectLists[rest] : undefined;
  if (names) return { status: 200, body: names.map((name) => ({ name })) };
  return kind === "projects"
    ? readProject(credential)
    : { status: 200, body: { id: found.id, full_path: found.path, name: "Test" } };
}

function readSelf({ mayReadItself, scopes, user, expiresAt, active }: Credential): Answer {
  if (!mayReadItself) return insufficientScope;
  const body = {
    id: 4,
    name: "Test Token",
    revoked: false,
    created_at: "2026-07-23T14:31:47.729Z",
    scopes,
    user_id: user.id,
    active,
  };
  return { status: 200, body: { ...body, expires_at: expiresAt, last_used_at: null, description: null } };
}

function readProject({ projectRole }: Credential): Answer {
  const { id, path } = target.project;
  const access = projectRole === null ? null : { access_level: projectRole, notification_level: 3 };
  return {
    status: 200,
    body: {
      id,
      name: "Test Project",
      path_with_namespace: path,
      permissions: { project_access: access, group_access: null },
    },
  };
}

function readMember(kind: string, userId: number, { user, projectRole, groupRole }: Credential): Answer {
  const level = kind === "projects" ? projectRole : groupRole;
  if (userId !== user.id || level === null) return { status: 404, body: { message: "404 Not found" } };
  return {
    status: 200,
    body: { id: user.id, username: user.username, access_level: level, membership_state: "active" },
  };
}

function createRunner(
  { body }: Asked,
  credential: Credential,
  runners: Map<number, GitlabRunner>,
  { registrationEnabled, refusesUntagged, forgetsTags, runsUntagged }: State,
): Answer {
  if (!credential.scopes.some((scope) => scope === "api" || scope === "create_runner")) return insufficientScope;
  const asked = Object.fromEntries(Object.entries(body ?? {}));
  const [kind, given, found, level, least] =
    asked.runner_type === "project_type"
      ? ["project", asked.project_id, target.project, credential.projectRole, 40]
      : ["group", asked.group_id, target.group, credential.groupRole, 50];
  if (given !== found.id) return { status: 400, body: { message: `400 Bad request - Missing/invalid ${kind}` } };
  if (!registrationEnabled || (level ?? 0) < Number(least)) {
    return { status: 403, body: { message: "403 Forbidden - Insufficient permissions" } };
  }
  const tags = Array.isArray(asked.tag_list) && !forgetsTags ? asked.tag_list.map(String) : [];
  if (refusesUntagged && asked.run_untagged === false && tags.length === 0) {
    return {
      status: 400,
      body: {
        message: "400 Bad request - Tags list can not be empty when runner is not allowed to pick untagged jobs",
      },
    };
  }
  const id = 9171 + runners.size;
  const runner = { id, token: `glrt-standin-${id}`, description: String(asked.description ?? ""), tags };
  // GitLab's default is true.
  const runUntagged = runsUntagged || asked.run_untagged !== false;
  runners.set(id, { ...runner, runUntagged, runnerType: String(asked.runner_type), paused: asked.paused === true });
  const made = { id, token: runner.token, token_expires_at: null };
  return { status: 201, body: { ...made, ...(runsUntagged && { run_untagged: true }) } };
}

function listRunners(url: URL, runnerType: string, runners: Map<number, GitlabRunner>): Answer {
  const size = Number(url.searchParams.get("per_page") ?? 20);
  const from = (Number(url.searchParams.get("page") ?? 1) - 1) * size;
  const of = [...runners.values()].filter((one) => one.runnerType === runnerType).slice(from, from + size);
  const body = of.map(({ id, description, paused }) => ({
    id,
    description,
    paused,
    active: !paused,
    ip_address: "",
    is_shared: false,
    runner_type: runnerType,
    name: null,
    online: null,
    status: "never_contacted",
  }));
  return { status: 200, body };
}

function removeById(runners: Map<number, GitlabRunner>, { scopes }: Credential, id: number): Answer {
  if (!scopes.some((scope) => scope === "api" || scope === "manage_runner")) return insufficientScope;
  return runners.delete(id) ? { status: 204 } : { status: 404, body: { message: "404 Not found" } };
}

function removeByToken(runners: Map<number, GitlabRunner>, token: string | null): Answer {
  const runner = [...runners.values()].find((one) => one.token === token);
  if (!runner) return { status: 403, body: { message: "403 Forbidden" } };
  runners.delete(runner.id);
  return { status: 204 };
}
