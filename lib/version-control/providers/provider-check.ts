import { checkGithub, registerGithubRunner, unregisterGithubRunner } from "./github";
import { registerGitlabRunner, unregisterGitlabRunner } from "./gitlab";
import { checkGitlab } from "./gitlab-check";
import type { CheckResult, ProviderCredential, Registered, RemoteRunner, RunnerOptions } from "./provider-check-input";

export type { CheckResult, ProviderCredential, Registered, RemoteRunner, RunnerOptions } from "./provider-check-input";

/** Checks with the provider that the credential can register runners. Throws a DomainError that says what to do. */
export function checkAccess(access: ProviderCredential): Promise<CheckResult> {
  return access.providerType === "gitlab" ? checkGitlab(access) : checkGithub(access);
}

export function registerRunner(access: ProviderCredential, options: RunnerOptions): Promise<Registered> {
  return access.providerType === "gitlab"
    ? registerGitlabRunner(access, options)
    : registerGithubRunner(access, options);
}

/** Idempotent: succeeds if the runner is gone. False if it has no number yet and none was found by description. */
export function unregisterRunner(access: ProviderCredential, remote: RemoteRunner): Promise<boolean> {
  return access.providerType === "gitlab"
    ? unregisterGitlabRunner(access, remote)
    : unregisterGithubRunner(access, remote);
}
