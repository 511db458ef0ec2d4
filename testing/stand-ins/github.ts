import { type GithubCredential, githubCredentials, githubTarget } from "./github-credentials";
import { type Answer, type Recorded, type StandInOptions, startStandIn } from "./server";

export type GithubRunner = { id: number; name: string; busy: boolean };
type Asked = Recorded & { url: URL };
type State = {
  registrationEnabled: boolean;
  /** Whether the repository and the organization were renamed, and whether a stranger has taken the old names. */
  names: "kept" | "changed" | "taken";
  /** Whether the repository is shown without a credential. */
  isPublic: boolean;
  /** The redirect's target for a renamed repository; by default its path by number. */
  movedTo?: string;
};

const documentation = "https://docs.github.com/rest";
const problem = (status: number, message: string, headers?: Record<string, string>): Answer => ({
  status,
  body: { message, documentation_url: documentation, status: String(status) },
  headers,
});

/** A GitHub Enterprise Server (API at /api/v3) with one organization and one repository. Tests add runners, as VMs do. */
export async function startGithub(options: StandInOptions = {}) {
  const runners = new Map<number, GithubRunner>();
  const state: State = { registrationEnabled: true, names: "kept", isPublic: false };
  const server = await startStandIn((asked) => answer(asked, runners, state), options);
  return { ...server, runners, state };
}

function answer(asked: Asked, runners: Map<number, GithubRunner>, state: State): Answer {
  const secret = /^Bearer (.+)$/.exec(asked.headers.authorization ?? "")?.[1];
  const credential = githubCredentials.find((one) => one.token === secret);
  if (secret === undefined && asked.path.startsWith("/api/v3/repos/")) {
    return state.isPublic ? route(asked, { kind: "app", token: "" }, runners, state) : problem(404, "Not Found");
  }
  if (!credential || credential.kind === "rejected") return problem(401, "Bad credentials");
  const answered = route(asked, credential, runners, state);
  return { ...answered, headers: { ...limits(credential), ...answered.headers } };
}

function limits({ expiresAt, oauthScopes, exhausted }: GithubCredential): Record<string, string> {
  return {
    "x-ratelimit-limit": "5000",
    "x-ratelimit-remaining": exhausted ? "0" : "4987",
    "x-ratelimit-reset": String(Math.floor(Date.now() / 1000) + 90),
    ...(expiresAt ? { "github-authentication-token-expiration": expiresAt } : {}),
    ...(oauthScopes === undefined ? {} : { "x-oauth-scopes": oauthScopes }),
  };
}

function route(asked: Asked, credential: GithubCredential, runners: Map<number, GithubRunner>, state: State): Answer {
  const path = asked.path.replace(/^\/api\/v3/, "");
  if (credential.exhausted) return problem(403, "API rate limit exceeded for user ID 1.");
  if (path === "/user") {
    if (credential.kind === "app") return problem(403, "Resource not accessible by integration");
    return { status: 200, body: { login: "octocat", id: 1, type: "User", user_view_type: "private" } };
  }
  if (path === "/repos/octo-org/old-name") return moved(asked, "", state);
  const base = [...numbered, githubTarget.project, githubTarget.group].find(
    (one) => path === one || path.startsWith(`${one}/`),
  );
  if (!base || credential.seesNothing) return problem(404, "Not Found");
  const rest = path.slice(base.length);
  const isRepository = base === githubTarget.project || base === numbered[0];
  if (!numbered.includes(base) && state.names !== "kept") {
    if (state.names === "taken") return ofStranger(rest, isRepository);
    return isRepository ? moved(asked, rest, state) : problem(404, "Not Found");
  }
  if (rest === "") return about(githubNumber, isRepository);
  if (rest === "/actions/runners/registration-token") return registrationToken(credential, state);
  const id = /^\/actions\/runners\/(\d+)$/.exec(rest)?.[1];
  if (asked.method === "DELETE" && id) return remove(runners, Number(id));
  const names = repositoryLists[rest];
  if (names) {
    const named = names.map((name) => ({ name }));
    return { status: 200, body: rest === "/environments" ? { total_count: names.length, environments: named } : named };
  }
  return rest === "/actions/runners" ? list(asked.url, runners) : problem(404, "Not Found");
}

/** What the repository has, for suggestions. */
const repositoryLists: Record<string, string[] | undefined> = {
  "/branches": ["main", "release/1"],
  "/tags": ["v1.0"],
  "/environments": ["production"],
};

export const githubNumber = 1296269;
export const githubOwnerNumber = 9919;
const numbered = [`/repositories/${githubNumber}`, `/organizations/${githubNumber}`];

function about(id: number, isRepository: boolean): Answer {
  const owner = { login: "octo-org", id: githubOwnerNumber };
  return {
    status: 200,
    body: { id, ...(isRepository ? { full_name: "octo-org/octo-repo", owner } : { login: "octo-org" }) },
  };
}

function moved({ method }: Asked, rest: string, { movedTo = `/api/v3${numbered[0]}` }: State): Answer {
  const answer = method === "GET" ? problem(301, "Moved Permanently") : problem(307, "Temporary Redirect");
  return { ...answer, headers: { location: `${movedTo}${rest}` } };
}

/** The answers under a name that a stranger has taken: registration is open, and there are no runners. */
function ofStranger(rest: string, isRepository: boolean): Answer {
  if (rest === "") return about(666, isRepository);
  if (rest === "/actions/runners") return { status: 200, body: { total_count: 0, runners: [] } };
  return { status: 201, body: { token: "STRANGER", expires_at: "2099-01-22T12:13:35.123-08:00" } };
}

function registrationToken({ refusal }: GithubCredential, { registrationEnabled }: State): Answer {
  if (!registrationEnabled)
    return problem(422, "Repository level self-hosted runners are disabled on this repository.");
  if (refusal) return problem(refusal.status, refusal.message, refusal.headers);
  return { status: 201, body: { token: "LLBF3JGZDX3P5PMEXLND6TS6FCWO6", expires_at: "2099-01-22T12:13:35.123-08:00" } };
}

function list(url: URL, runners: Map<number, GithubRunner>): Answer {
  const name = url.searchParams.get("name");
  const found = [...runners.values()].filter((one) => !name || one.name === name);
  const body = found.map((one) => ({ ...one, os: "linux", status: "online", labels: [] }));
  return { status: 200, body: { total_count: body.length, runners: body } };
}

function remove(runners: Map<number, GithubRunner>, id: number): Answer {
  const runner = runners.get(id);
  if (!runner) return problem(404, "Not Found");
  if (runner.busy) return problem(422, `Bad request - Runner "${runner.name}" is still running a job"`);
  runners.delete(id);
  return { status: 204 };
}
