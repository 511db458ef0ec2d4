import { z } from "zod";
import { DomainError } from "@/lib/errors";
import { RedirectRefused } from "@/lib/guarded-http/errors";
import { isStorable, moment, number, printable, shaped } from "./answer-shape";
import { type GithubClient, githubClient, refusedByGithub, unexpected } from "./github-client";
import {
  type Access,
  type CheckResult,
  checkTarget,
  type Registered,
  type RemoteRunner,
  type RunnerOptions,
} from "./provider-check-input";
import { refused, wordsOf } from "./provider-errors";

const perPage = 100;
const mostPages = 50;
// Classic, fine-grained, of an OAuth app and of an app on a person's behalf.
const personalToken = /^(?:ghp_|github_pat_|gho_|ghu_)/;
const registrationToken = z.object({
  token: printable,
  expires_at: moment,
});
const aboutUser = z.object({ login: z.string(), type: z.string().nullish() });
const aboutTarget = z.object({ id: number });
const runnerPage = z.object({ runners: z.array(z.object({ id: number, name: z.string() })) });

/** Asks GitHub all that the credential needs to register runners. A registration token is made, which leaves nothing behind. */
export async function checkGithub(access: Access): Promise<CheckResult> {
  checkTarget(access);
  const client = githubClient(access);
  const tokenExpiresAt = await checkOwner(client, access);
  await checkTargetThere(client, access);
  await createRegistrationToken(client, access);
  return { tokenExpiresAt };
}

export async function registerGithubRunner(access: Access, { tags }: RunnerOptions): Promise<Registered> {
  checkTarget(access);
  const { token, expires_at } = await createRegistrationToken(githubClient(access), access);
  return { remoteId: null, runnerToken: token, expiresAt: expires_at, tags, runUntagged: false };
}

/** By number, else by the description, which is the runner's name here. What is gone already is fine. */
export async function unregisterGithubRunner(access: Access, remote: RemoteRunner): Promise<boolean> {
  const ids = remote.remoteId ? [remote.remoteId] : await findGithubRunners(access, remote.description);
  const client = githubClient(access);
  for (const id of ids) await remove(client, access, Number(id));
  return ids.length > 0;
}

export async function findGithubRunners(access: Access, description: string): Promise<string[]> {
  checkTarget(access);
  const client = githubClient(access);
  const found: string[] = [];
  for (let page = 1; page <= mostPages; page++) {
    const runners = await readPage(client, access, description, page);
    found.push(...runners.filter((one) => one.name === description).map((one) => String(one.id)));
    if (runners.length < perPage) break;
  }
  return found;
}

/** Refuses a person's token unless confirmed; answers when the token expires. */
async function checkOwner(client: GithubClient, { token, acceptPersonalToken }: Access): Promise<Date | null> {
  const { data, error, response } = await client.GET("/user");
  const isApp = response.status === 403 && /resource not accessible/i.test(wordsOf(error));
  const user = isApp ? undefined : shaped(aboutUser, data, "a GitHub");
  const isPerson = personalToken.test(token) || user?.type === "User";
  if (isPerson && !acceptPersonalToken) {
    throw refused(
      "credential_is_personal",
      "This is a person's token: it carries that person's rights and ends when they leave. Use the token of a GitHub App, or confirm that you want to use it anyway.",
    );
  }
  const expires = new Date(response.headers.get("github-authentication-token-expiration")?.replace(" UTC", "Z") ?? "");
  return isStorable(expires) ? expires : null;
}

async function checkTargetThere(client: GithubClient, access: Access): Promise<void> {
  const what = access.tokenScope === "project" ? "repository" : "organization";
  try {
    if (await readTarget(client, access)) return;
  } catch (error) {
    if (!(error instanceof RedirectRefused)) throw error;
    throw refused("target_not_found", `The ${what} has moved. Enter its new name.`);
  }
  throw refused("target_not_found", `The ${what} was not found, or the token may not see it. Check the ID.`);
}

async function readTarget(client: GithubClient, { tokenScope, targetId }: Access): Promise<boolean> {
  const [owner = "", repo = ""] = targetId.split("/");
  const { data, error, response } =
    tokenScope === "project"
      ? await client.GET("/repos/{owner}/{repo}", { params: { path: { owner, repo } } })
      : await client.GET("/orgs/{org}", { params: { path: { org: owner } } });
  if (response.ok) return shaped(aboutTarget, data, "a GitHub") !== undefined;
  if (response.status === 404) return false;
  if (response.status === 403) throw refusedByGithub(response, error, tokenScope);
  throw unexpected();
}

async function createRegistrationToken(client: GithubClient, { tokenScope, targetId }: Access) {
  const [owner = "", repo = ""] = targetId.split("/");
  const { data, error, response } =
    tokenScope === "project"
      ? await client.POST("/repos/{owner}/{repo}/actions/runners/registration-token", {
          params: { path: { owner, repo } },
        })
      : await client.POST("/orgs/{org}/actions/runners/registration-token", { params: { path: { org: owner } } });
  if (!data) throw refusedByGithub(response, error, tokenScope);
  return shaped(registrationToken, data, "a GitHub");
}

async function readPage(client: GithubClient, { tokenScope, targetId }: Access, name: string, page: number) {
  const [owner = "", repo = ""] = targetId.split("/");
  const query = { name, page, per_page: perPage };
  const { data, error, response } =
    tokenScope === "project"
      ? await client.GET("/repos/{owner}/{repo}/actions/runners", { params: { path: { owner, repo }, query } })
      : await client.GET("/orgs/{org}/actions/runners", { params: { path: { org: owner }, query } });
  if (response.ok) return shaped(runnerPage, data, "a GitHub").runners;
  throw refusedByGithub(response, error, tokenScope);
}

async function remove(client: GithubClient, { tokenScope, targetId }: Access, runner_id: number): Promise<void> {
  const [owner = "", repo = ""] = targetId.split("/");
  const { error, response } =
    tokenScope === "project"
      ? await client.DELETE("/repos/{owner}/{repo}/actions/runners/{runner_id}", {
          params: { path: { owner, repo, runner_id } },
        })
      : await client.DELETE("/orgs/{org}/actions/runners/{runner_id}", { params: { path: { org: owner, runner_id } } });
  if (response.status === 204 || response.status === 404) return;
  if (response.status === 422) throw new DomainError("conflict", "The runner is still running a job.");
  throw refusedByGithub(response, error, tokenScope);
}
