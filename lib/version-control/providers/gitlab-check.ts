import { z } from "zod";
import { day, number, shaped } from "./answer-shape";
import { type GitlabClient, gitlabClient } from "./gitlab-client";
import { isScopeMissing, unexplainedByGitlab } from "./gitlab-refusals";
import { probeRegistration } from "./gitlab-registration";
import { assertSameTarget, orMoved } from "./moved-target";
import { type CheckResult, checkTarget, type ProviderCredential } from "./provider-check-input";
import { refused } from "./provider-errors";

const roles = new Map([
  [5, "Minimal Access"],
  [10, "Guest"],
  [15, "Planner"],
  [20, "Reporter"],
  [25, "Security Manager"],
  [30, "Developer"],
  [40, "Maintainer"],
  [50, "Owner"],
]);

const aboutToken = z.object({
  scopes: z.array(z.string()),
  user_id: number.nullish(),
  revoked: z.boolean().nullish(),
  active: z.boolean().nullish(),
  expires_at: day.nullish(),
});
const aboutUser = z.object({ id: number, bot: z.boolean().nullish(), username: z.string().nullish() });
const aboutGroup = z.object({ id: number });
const aboutMember = z.object({ access_level: z.int() });
const aboutProject = z.object({
  id: number,
  permissions: z.object({ project_access: aboutMember.nullish(), group_access: aboutMember.nullish() }).nullish(),
});

/** Checks with GitLab that the credential can register runners. The last request leaves no runner behind. */
export async function checkGitlab(access: ProviderCredential): Promise<CheckResult> {
  checkTarget(access);
  const client = gitlabClient(access);
  const token = await readToken(client);
  const userId = await checkOwner(client, access);
  checkScopes(token?.scopes);
  const target = await findTarget(client, access);
  const role = await checkRole(client, access, target, userId ?? token?.user_id ?? undefined);
  await probeRegistration(client, access, target.id, role !== undefined);
  return { tokenExpiresAt: token?.expires_at ?? null, targetNumber: String(target.id) };
}

/** The credential's own metadata; undefined if it may not read that or is no access token. */
async function readToken(client: GitlabClient) {
  const { data, error, response } = await client.GET("/api/v4/personal_access_tokens/self");
  if (isScopeMissing(response, error) || response.status === 400) return undefined;
  if (!response.ok) throw unexplainedByGitlab(response);
  const token = shaped(aboutToken, data, "a GitLab");
  if (token.revoked) throw refused("credential_rejected", "The token was revoked. Make a new one in GitLab.");
  if (token.active === false)
    throw refused("credential_rejected", "The token is no longer active. Make a new one in GitLab.");
  return token;
}

async function checkOwner(
  client: GitlabClient,
  { acceptPersonalToken }: ProviderCredential,
): Promise<number | undefined> {
  const { data, error, response } = await client.GET("/api/v4/user");
  if (isScopeMissing(response, error)) return undefined;
  if (!response.ok) throw unexplainedByGitlab(response);
  const user = shaped(aboutUser, data, "a GitLab");
  if (isPerson(user) && !acceptPersonalToken) {
    throw refused(
      "credential_is_personal",
      "This is a person's token: it carries all of that person's rights and ends when they leave. Use a project or group access token, or confirm that you want to use it anyway.",
    );
  }
  return user.id;
}

function isPerson({ bot, username }: z.output<typeof aboutUser>): boolean {
  return bot === false && !/^(?:(?:project|group)_\d+_bot|service_account_)/.test(username ?? "");
}

function checkScopes(scopes: string[] | undefined): void {
  if (!scopes || scopes.includes("api") || scopes.includes("create_runner")) return;
  throw refused(
    "missing_scope",
    "The token lacks the scope create_runner (or api). Make one with it: the scopes of a token can't be changed.",
  );
}

/** What a person should enter for a moved target. */
export const toEnter = "its numeric ID or its new path";

/** The project or group with its number, and the credential's role there if the response has it. */
export async function findTarget(
  client: GitlabClient,
  access: ProviderCredential,
): Promise<{ id: number; role?: number }> {
  const { tokenScope, targetId } = access;
  const target = await orMoved(tokenScope, toEnter, () =>
    tokenScope === "project" ? findProject(client, targetId) : findGroup(client, targetId),
  );
  assertSameTarget(access, String(target.id), tokenScope);
  return target;
}

async function findProject(client: GitlabClient, id: string): Promise<{ id: number; role?: number }> {
  const { data, error, response } = await client.GET("/api/v4/projects/{id}", { params: { path: { id } } });
  if (!data) return { id: numberUnread("project", id, response, error) };
  const project = shaped(aboutProject, data, "a GitLab");
  const { project_access, group_access } = project.permissions ?? {};
  const levels = [project_access?.access_level, group_access?.access_level].filter((level) => level !== undefined);
  return { id: project.id, role: levels.length > 0 ? Math.max(...levels) : undefined };
}

async function findGroup(client: GitlabClient, id: string): Promise<{ id: number }> {
  const { data, error, response } = await client.GET("/api/v4/groups/{id}", { params: { path: { id } } });
  if (!data) return { id: numberUnread("group", id, response, error) };
  return shaped(aboutGroup, data, "a GitLab");
}

/** The number that was entered, for a credential that may not look it up. */
function numberUnread(kind: string, id: string, response: Response, error: unknown): number {
  if (response.status === 404) {
    throw refused("target_not_found", `The ${kind} was not found, or the token may not see it. Check the ID.`);
  }
  if (!isScopeMissing(response, error)) throw unexplainedByGitlab(response);
  if (/^\d+$/.test(id)) return Number(id);
  throw refused(
    "missing_scope",
    `Without the scope api the token can't look up a path. Enter the ${kind}'s numeric ID.`,
  );
}

/** The role if it is known and sufficient; undefined if only an attempt can tell. */
async function checkRole(
  client: GitlabClient,
  access: ProviderCredential,
  target: { id: number; role?: number },
  userId?: number,
) {
  const role = target.role ?? (userId === undefined ? undefined : await readRole(client, access, target.id, userId));
  const [least, name] = access.tokenScope === "project" ? [40, "Maintainer"] : [50, "Owner"];
  if (role === undefined || role >= least) return role;
  const has = roles.get(role) ?? "no sufficient";
  throw refused("missing_role", `The token has the role ${has} in the ${access.tokenScope}; it needs ${name}.`);
}

async function readRole(client: GitlabClient, { tokenScope }: ProviderCredential, id: number, userId: number) {
  const params = { path: { id: String(id), user_id: userId } };
  const { data } =
    tokenScope === "project"
      ? await client.GET("/api/v4/projects/{id}/members/all/{user_id}", { params })
      : await client.GET("/api/v4/groups/{id}/members/all/{user_id}", { params });
  return data && shaped(aboutMember, data, "a GitLab").access_level;
}
