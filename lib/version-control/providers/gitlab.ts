import { z } from "zod";
import { DomainError, type ErrorCode } from "@/lib/errors";
import { number, shaped } from "./answer-shape";
import { findTarget, toEnter } from "./gitlab-check";
import { type GitlabClient, gitlabClient } from "./gitlab-client";
import { isScopeMissing, unexplainedByGitlab } from "./gitlab-refusals";
import { register, removeByToken } from "./gitlab-registration";
import { numberInRedirect, orMoved } from "./moved-target";
import {
  checkTarget,
  type ProviderCredential,
  type Registered,
  type RemoteRunner,
  type RunnerOptions,
} from "./provider-check-input";
import { refused } from "./provider-errors";

const perPage = 100;
const mostPages = 50;
const runnerPage = z.array(z.object({ id: number, description: z.string().nullish() }));
// Refusals of the credential or the target, after which the runner's own token may still work.
const refusedCredential = new Set<ErrorCode>([
  "missing_scope",
  "missing_role",
  "credential_rejected",
  "target_not_found",
  "registration_disabled",
]);

export async function registerGitlabRunner(access: ProviderCredential, options: RunnerOptions): Promise<Registered> {
  checkTarget(access);
  const client = gitlabClient(access);
  const { targetId } = access;
  const id = /^\d+$/.test(targetId) ? Number(targetId) : (await findTarget(client, access)).id;
  return register(client, access, id, options);
}

/** Finds the runner by number or description, or uses its own token. Succeeds if the runner is already gone. */
export async function unregisterGitlabRunner(access: ProviderCredential, remote: RemoteRunner): Promise<boolean> {
  const client = gitlabClient(access);
  try {
    const ids = remote.remoteId ? [remote.remoteId] : await findRunners(access, remote.description);
    for (const id of ids) await removeById(client, Number(id));
    return ids.length > 0;
  } catch (error) {
    if (!remote.runnerToken || !(error instanceof DomainError) || !refusedCredential.has(error.code)) throw error;
    await removeByToken(client, remote.runnerToken);
    return true;
  }
}

/** Uses the target's number if a check has stored it: its path may now belong to another target. */
async function findRunners(access: ProviderCredential, description: string): Promise<string[]> {
  checkTarget(access);
  const { providerUrl, tokenScope, targetId, targetNumber } = access;
  const client = gitlabClient(access);
  return orMoved(tokenScope, toEnter, async () => {
    try {
      return await findIn(client, tokenScope, targetNumber ?? targetId, description);
    } catch (error) {
      const id = numberInRedirect(error, `${providerUrl}/api/v4`, tokenScope === "project" ? "projects" : "groups");
      if (!id) throw error;
      return findIn(client, tokenScope, id, description);
    }
  });
}

async function findIn(client: GitlabClient, scope: ProviderCredential["tokenScope"], id: string, description: string) {
  const found: string[] = [];
  for (let page = 1; page <= mostPages; page++) {
    const runners = await readPage(client, scope, id, page);
    found.push(...runners.filter((one) => one.description === description).map((one) => String(one.id)));
    if (runners.length < perPage) break;
  }
  return found;
}

async function readPage(client: GitlabClient, scope: ProviderCredential["tokenScope"], id: string, page: number) {
  const query = { page, per_page: perPage };
  const { data, error, response } =
    scope === "project"
      ? await client.GET("/api/v4/projects/{id}/runners", {
          params: { path: { id }, query: { ...query, type: "project_type" } },
        })
      : await client.GET("/api/v4/groups/{id}/runners", {
          params: { path: { id }, query: { ...query, type: "group_type" } },
        });
  if (response.ok) return shaped(runnerPage, data, "a GitLab");
  // A deleted target's runners are deleted with it.
  if (response.status === 404) return [];
  throw refusedRunner(response, error);
}

async function removeById(client: GitlabClient, id: number): Promise<void> {
  const { error, response } = await client.DELETE("/api/v4/runners/{id}", { params: { path: { id } } });
  if (response.status !== 204 && response.status !== 404) throw refusedRunner(response, error);
}

function refusedRunner(response: Response, error: unknown) {
  if (isScopeMissing(response, error)) {
    return refused("missing_scope", "The token may not manage runners: it lacks the scope manage_runner (or api).");
  }
  if (response.status === 403) return refused("missing_role", "GitLab doesn't let the token manage this runner.");
  return unexplainedByGitlab(response);
}
