import { afterAll, beforeAll, beforeEach, vi } from "vitest";
import { startGithub } from "@/testing/stand-ins/github";
import { githubToken } from "@/testing/stand-ins/github-credentials";
import { startGitlab, usual } from "@/testing/stand-ins/gitlab";
import { gitlabToken } from "@/testing/stand-ins/gitlab-credentials";

type Providers = {
  gitlab: Awaited<ReturnType<typeof startGitlab>>;
  github: Awaited<ReturnType<typeof startGithub>>;
};

/** Starts stand-ins for the test file, allows requests to this machine, and resets the stand-ins before each test. */
export function useProviders(): Providers {
  const providers: Partial<Providers> = {};
  beforeAll(async () => {
    // Must happen before the settings are read.
    vi.stubEnv("PROVIDER_ALLOWLIST", "127.0.0.1");
    providers.gitlab = await startGitlab({ subPath: "/gitlab" });
    providers.github = await startGithub();
  });
  beforeEach(() => {
    const { gitlab, github } = started();
    gitlab.failWith(undefined);
    Object.assign(gitlab.state, usual);
    Object.assign(github.state, { registrationEnabled: true, names: "kept" });
    github.runners.clear();
    gitlab.runners.clear();
  });
  afterAll(async () => {
    await providers.gitlab?.close();
    await providers.github?.close();
  });
  const started = (): Providers => {
    const { gitlab, github } = providers;
    if (!gitlab || !github) throw new Error("the providers are started before the first test");
    return { gitlab, github };
  };
  return {
    get gitlab() {
      return started().gitlab;
    },
    get github() {
      return started().github;
    },
  };
}

export const accessesOf = (tokenId: string) => `/api/v2.0/access-tokens/${tokenId}/version-control-accesses`;

/** A body that adds a project's access at the stand-in GitLab. */
export function gitlabBody({ gitlab }: Providers, differs: object = {}) {
  return {
    provider_type: "gitlab",
    provider_url: gitlab.url,
    token: gitlabToken("projectBot"),
    token_scope: "project",
    target_id: "123",
    ...differs,
  };
}

/** A body that adds an access at the stand-in GitHub. */
export function githubBody({ github }: Providers, differs: object = {}) {
  return {
    provider_type: "github",
    provider_url: github.url,
    token: githubToken("installation"),
    token_scope: "project",
    target_id: "octo-org/octo-repo",
    ...differs,
  };
}
