import { z } from "zod";
import { invalid } from "@/lib/errors";
import type { RunnerTags } from "./runner-settings";

/** A credential and its target. */
export type ProviderCredential = {
  providerType: "gitlab" | "github";
  providerUrl: string;
  tokenScope: "project" | "group";
  targetId: string;
  /** The target's number from an earlier check. A different number under the same name means another target. */
  targetNumber?: string | null;
  token: string;
  acceptPersonalToken: boolean;
};
/** Who asks a provider; nobody without a token. */
export type Account = Pick<ProviderCredential, "providerUrl"> & { token?: string };
export type CheckResult = { tokenExpiresAt: Date | null; targetNumber: string };
export type Registered = RunnerTags & { remoteId: string | null; runnerToken: string; expiresAt: Date | null };
export type RunnerOptions = RunnerTags & { description: string };
/** `runnerToken` can remove a GitLab runner if the credential may not, or is no longer valid. */
export type RemoteRunner = { remoteId: string | null; description: string; runnerToken?: string };

const most = 4096;

/** A credential that is valid in a header: trimmed, printable ASCII, at most 4096 characters. */
export const providerToken = z
  .string({ error: "Enter the token." })
  .refine((token) => token.length <= 2 * most, { error: `Use at most ${most} characters.`, abort: true })
  .trim()
  .min(1, { error: "Enter the token.", abort: true })
  .max(most, { error: `Use at most ${most} characters.`, abort: true })
  .regex(/^[\x21-\x7e]+$/, {
    error: "The token contains a space, a line break or a character that tokens don't have. Copy it anew.",
  });

const gitlabPath = /^[\p{L}\p{N}_][\p{L}\p{N}_.-]*(?:\/[\p{L}\p{N}_][\p{L}\p{N}_.-]*)*$/u;
const githubOwner = /^[A-Za-z0-9](?:[A-Za-z0-9_-]{0,99})$/;
const githubRepository = /^(?!\.{1,2}$)[A-Za-z0-9_.-]{1,100}$/;

/** The target's ID for a request. Throws `invalid` on `targetId`: a malformed ID could change the request's path. */
export function checkTarget({
  providerType,
  tokenScope,
  targetId,
}: Omit<ProviderCredential, "token" | "providerUrl">): string {
  const isTarget =
    providerType === "gitlab" ? isGitlabTarget(targetId, tokenScope) : isGithubTarget(targetId, tokenScope);
  if (!isTarget) throw invalid("targetId", howToWrite(providerType, tokenScope));
  return targetId;
}

/** Throws `invalid` on `project` unless the text can be the full path of a project or repository. A number is none. */
export function assertProjectPath(type: ProviderCredential["providerType"], text: string): void {
  const isPath =
    type === "gitlab" ? text.includes("/") && isGitlabTarget(text, "project") : isGithubTarget(text, "project");
  if (isPath) return;
  throw invalid("project", `Enter the project as ${type === "gitlab" ? "group/project" : "owner/repo"}.`);
}

function isGitlabTarget(id: string, scope: ProviderCredential["tokenScope"]): boolean {
  if (/^\d+$/.test(id)) return /^[1-9]\d{0,14}$/.test(id);
  return id.length <= 1024 && gitlabPath.test(id) && (scope === "group" || id.includes("/"));
}

function isGithubTarget(id: string, scope: ProviderCredential["tokenScope"]): boolean {
  const [owner = "", repository, ...rest] = id.split("/");
  if (!githubOwner.test(owner) || rest.length > 0) return false;
  return scope === "group" ? repository === undefined : githubRepository.test(repository ?? "");
}

function howToWrite(type: ProviderCredential["providerType"], scope: ProviderCredential["tokenScope"]): string {
  if (type === "github") {
    return scope === "project" ? "Enter the repository as owner/repo." : "Enter the login of the organization.";
  }
  return scope === "project"
    ? "Enter the project's numeric ID or its full path, such as group/project."
    : "Enter the group's numeric ID or its full path, such as group/subgroup.";
}
