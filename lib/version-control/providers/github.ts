import { z } from "zod";
import { DomainError } from "@/lib/errors";
import { isStorable, moment, number, printable, shaped } from "./answer-shape";
import { type GithubClient, githubClient } from "./github-client";
import { refusedByGithub } from "./github-refusals";
import {
  atGithubPlace,
  type GithubPlace,
  notThere,
  nounOf,
  orMovedAtGithub,
  requireGithubTarget,
} from "./github-target";
import {
  type CheckResult,
  checkTarget,
  type ProviderCredential,
  type Registered,
  type RemoteRunner,
  type RunnerOptions,
} from "./provider-check-input";
import { refused, wordsOf } from "./provider-errors";

const perPage = 100;
const mostPages = 50;
// Classic, fine-grained, OAuth app's, and GitHub app's on a person's behalf.
const personalToken = /^(?:ghp_|github_pat_|gho_|ghu_)/;
const registrationToken = z.object({
  token: printable,
  expires_at: moment,
});
const aboutUser = z.object({ login: z.string(), type: z.string().nullish() });
const runnerPage = z.object({ runners: z.array(z.object({ id: number, name: z.string() })) });

/** Checks that the credential can register runners. Creates a registration token, which leaves nothing behind. */
export async function checkGithub(access: ProviderCredential): Promise<CheckResult> {
  checkTarget(access);
  const client = githubClient(access);
  const tokenExpiresAt = await checkOwner(client, access);
  const targetNumber = await requireGithubTarget(client, access);
  await createRegistrationToken(client, access);
  return { tokenExpiresAt, targetNumber };
}

/** Verifies the target first: otherwise the runner could go to a stranger who took a renamed repository's name. */
export async function registerGithubRunner(access: ProviderCredential, { tags }: RunnerOptions): Promise<Registered> {
  checkTarget(access);
  const client = githubClient(access);
  if (access.targetNumber) await requireGithubTarget(client, access);
  const { token, expires_at } = await createRegistrationToken(client, access);
  return { remoteId: null, runnerToken: token, expiresAt: expires_at, tags, runUntagged: false };
}

/** Finds the runner by number, or by name, which is our description. Succeeds if the runner is already gone. */
export async function unregisterGithubRunner(access: ProviderCredential, remote: RemoteRunner): Promise<boolean> {
  checkTarget(access);
  const client = githubClient(access);
  return atGithubPlace(client, access, async (place) => {
    const ids = remote.remoteId ? [remote.remoteId] : await findRunners(client, access, place, remote.description);
    for (const id of ids) await remove(client, access, place, Number(id));
    return ids.length > 0;
  });
}

async function findRunners(
  client: GithubClient,
  access: ProviderCredential,
  place: GithubPlace,
  description: string,
): Promise<string[]> {
  const found: string[] = [];
  for (let page = 1; page <= mostPages; page++) {
    const runners = await readPage(client, access, place, { name: description, page, per_page: perPage });
    found.push(...runners.filter((one) => one.name === description).map((one) => String(one.id)));
    if (runners.length < perPage) break;
  }
  return found;
}

/** Refuses a person's token unless confirmed. Returns the token's expiration. */
async function checkOwner(client: GithubClient, access: ProviderCredential): Promise<Date | null> {
  const { token, tokenScope, acceptPersonalToken } = access;
  const { data, error, response } = await client.GET("/user");
  const isApp = response.status === 403 && /resource not accessible/i.test(wordsOf(error));
  if (response.status === 403 && !isApp) throw refusedByGithub(response, error, tokenScope);
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

async function createRegistrationToken(client: GithubClient, access: ProviderCredential) {
  const [owner = "", repo = ""] = access.targetId.split("/");
  const { data, error, response } = await orMovedAtGithub(access, () =>
    access.tokenScope === "project"
      ? client.POST("/repos/{owner}/{repo}/actions/runners/registration-token", { params: { path: { owner, repo } } })
      : client.POST("/orgs/{org}/actions/runners/registration-token", { params: { path: { org: owner } } }),
  );
  if (!data) throw refusedByGithub(response, error, access.tokenScope);
  return shaped(registrationToken, data, "a GitHub");
}

type Page = { name: string; page: number; per_page: number };

async function readPage(client: GithubClient, access: ProviderCredential, place: GithubPlace, query: Page) {
  const { data, error, response } = await askForPage(client, access, place, query);
  if (response.ok) return shaped(runnerPage, data, "a GitHub").runners;
  if (response.status === 404 && place.by === "number") throw notThere(nounOf(access));
  throw refusedByGithub(response, error, access.tokenScope);
}

function askForPage(
  client: GithubClient,
  { tokenScope, targetId }: ProviderCredential,
  place: GithubPlace,
  query: Page,
) {
  if (place.by === "number") {
    const { collection, id } = place;
    return client.GET("/{collection}/{id}/actions/runners", { params: { path: { collection, id }, query } });
  }
  const [owner = "", repo = ""] = targetId.split("/");
  return tokenScope === "project"
    ? client.GET("/repos/{owner}/{repo}/actions/runners", { params: { path: { owner, repo }, query } })
    : client.GET("/orgs/{org}/actions/runners", { params: { path: { org: owner }, query } });
}

async function remove(
  client: GithubClient,
  access: ProviderCredential,
  place: GithubPlace,
  runnerId: number,
): Promise<void> {
  const { error, response } = await askToRemove(client, access, place, runnerId);
  if (response.status === 204 || response.status === 404) return;
  if (response.status === 422) throw new DomainError("conflict", "The runner is still running a job.");
  throw refusedByGithub(response, error, access.tokenScope);
}

function askToRemove(
  client: GithubClient,
  { tokenScope, targetId }: ProviderCredential,
  place: GithubPlace,
  runner_id: number,
) {
  if (place.by === "number") {
    const path = { collection: place.collection, id: place.id, runner_id };
    return client.DELETE("/{collection}/{id}/actions/runners/{runner_id}", { params: { path } });
  }
  const [owner = "", repo = ""] = targetId.split("/");
  return tokenScope === "project"
    ? client.DELETE("/repos/{owner}/{repo}/actions/runners/{runner_id}", {
        params: { path: { owner, repo, runner_id } },
      })
    : client.DELETE("/orgs/{org}/actions/runners/{runner_id}", { params: { path: { org: owner, runner_id } } });
}
