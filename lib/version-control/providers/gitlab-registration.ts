import { z } from "zod";
import { invalid } from "@/lib/errors";
import { moment, number, printable, shaped } from "./answer-shape";
import type { GitlabClient } from "./gitlab-client";
import { isRoleMissing, isScopeMissing, unexplainedByGitlab } from "./gitlab-refusals";
import type { ProviderCredential, Registered, RunnerOptions } from "./provider-check-input";
import { refused, wordsOf } from "./provider-errors";

const registration = z.object({
  id: number,
  token: printable,
  token_expires_at: moment.nullish(),
  run_untagged: z.boolean().nullish(),
});

/**
 * Checks whether the credential may register a runner, by a request that GitLab rejects only after authorizing it: no
 * tags, and no untagged jobs. If a runner is created anyway, it is removed by its own token.
 */
export async function probeRegistration(
  client: GitlabClient,
  access: ProviderCredential,
  id: number,
  roleIsEnough: boolean,
) {
  const body = {
    ...runnerFor(access, id),
    description: "Check of a version control access",
    paused: true,
    run_untagged: false,
  };
  const { data, error, response } = await client.POST("/api/v4/user/runners", { body });
  if (data) {
    const { token } = shaped(registration.pick({ token: true }), data, "a GitLab");
    return removeByToken(client, token).catch(() => removeByToken(client, token));
  }
  if (areTagsRefused(response, error)) return;
  throw registrationRefused(access, response, error, roleIsEnough);
}

/** A project's runner is locked to it. `run_untagged` is always sent, since GitLab's default is true. */
export async function register(client: GitlabClient, access: ProviderCredential, id: number, options: RunnerOptions) {
  const { tags, runUntagged, description } = options;
  const own = access.tokenScope === "project" ? { locked: true } : {};
  const body = { ...runnerFor(access, id), ...own, description, tag_list: tags, run_untagged: runUntagged };
  const { data, error, response } = await client.POST("/api/v4/user/runners", { body });
  if (!data) {
    if (areTagsRefused(response, error)) throw invalid("tags", "GitLab does not accept these tags.");
    throw registrationRefused(access, response, error, false);
  }
  return registeredFrom(client, data, options);
}

/** Removes the runner that owns this token. Succeeds if it is already gone. */
export async function removeByToken(client: GitlabClient, token: string): Promise<void> {
  const { response } = await client.DELETE("/api/v4/runners", {
    params: { query: { token } },
    headers: { "private-token": null },
  });
  // GitLab answers 403 for an unknown token here.
  if (response.status !== 204 && response.status !== 403 && response.status !== 404)
    throw unexplainedByGitlab(response);
}

function runnerFor({ tokenScope }: ProviderCredential, id: number) {
  return tokenScope === "project"
    ? { runner_type: "project_type" as const, project_id: id }
    : { runner_type: "group_type" as const, group_id: id };
}

/** Newer responses include the settings: a runner that runs untagged jobs against its access is removed at once. */
async function registeredFrom(client: GitlabClient, data: unknown, options: RunnerOptions): Promise<Registered> {
  const { id, token, token_expires_at, run_untagged } = shaped(registration, data, "a GitLab");
  const { tags, runUntagged } = options;
  if (run_untagged && !runUntagged) {
    await removeByToken(client, token);
    throw refused("registration_disabled", "GitLab made a runner that runs untagged jobs although it was not to.");
  }
  return { remoteId: String(id), runnerToken: token, expiresAt: token_expires_at ?? null, tags, runUntagged };
}

function areTagsRefused({ status }: Response, error: unknown): boolean {
  return status === 400 && /tag/i.test(wordsOf(error));
}

function registrationRefused(
  { tokenScope }: ProviderCredential,
  response: Response,
  error: unknown,
  roleIsEnough: boolean,
) {
  const role = tokenScope === "project" ? "Maintainer" : "Owner";
  if (isScopeMissing(response, error)) {
    return refused("missing_scope", "The token lacks the scope create_runner (or api). Make a token that has it.");
  }
  if (response.status === 400 && /missing\/invalid/i.test(wordsOf(error))) {
    return refused("target_not_found", `The ${tokenScope} was not found, or the token may not see it. Check the ID.`);
  }
  if (!isRoleMissing(response, error)) return unexplainedByGitlab(response);
  if (roleIsEnough) {
    return refused(
      "registration_disabled",
      `The token's role is sufficient, but GitLab doesn't let it register a runner: registration is disabled for the ${tokenScope} or the whole GitLab. Ask its owner to allow it.`,
    );
  }
  return refused(
    "missing_role",
    `GitLab doesn't let the token register a runner: it needs the role ${role} in the ${tokenScope}, and registration must be allowed there.`,
  );
}
