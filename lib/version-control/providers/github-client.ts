import createClient from "openapi-fetch";
import { guardedFetch } from "@/lib/guarded-http/guarded-fetch";
import type { operations, paths } from "./contracts/github";
import { accountRefusedByGithub } from "./github-refusals";
import type { Account } from "./provider-check-input";
import { withRefusals } from "./provider-errors";

type ByNumber<O extends { parameters: { path: object } }, More = unknown> = Omit<O, "parameters"> & {
  parameters: Omit<O["parameters"], "path"> & {
    path: { collection: "repositories" | "organizations"; id: string } & More;
  };
};

/** What GitHub's description leaves out: where its redirects lead after a rename, the same operations by number. */
interface NumberedPaths {
  "/{collection}/{id}": { get: ByNumber<operations["repos/get"]> };
  "/{collection}/{id}/actions/runners": { get: ByNumber<operations["actions/list-self-hosted-runners-for-repo"]> };
  "/{collection}/{id}/actions/runners/{runner_id}": {
    delete: ByNumber<operations["actions/delete-self-hosted-runner-from-repo"], { runner_id: number }>;
  };
}

export type GithubClient = ReturnType<typeof githubClient>;

/** The API's base URL for github.com, *.ghe.com or GitHub Enterprise Server. */
export function githubApi(providerUrl: string): string {
  const { host } = new URL(providerUrl);
  if (host === "github.com" || host === "www.github.com" || host === "api.github.com") return "https://api.github.com";
  if (host.endsWith(".ghe.com")) return `https://${host.startsWith("api.") ? host : `api.${host}`}`;
  return `${providerUrl}/api/v3`;
}

/** A client that sends the credential, if any, and throws the refusals that end every call. */
export function githubClient({ providerUrl, token }: Account) {
  const baseUrl = githubApi(providerUrl);
  return createClient<paths & NumberedPaths>({
    baseUrl,
    fetch: withRefusals(guardedFetch(new URL(baseUrl).origin), "a GitHub", accountRefusedByGithub),
    headers: {
      ...(token !== undefined && { authorization: `Bearer ${token}` }),
      accept: "application/vnd.github+json",
      "x-github-api-version": "2022-11-28",
      "user-agent": "vehaas-access-tokens",
    },
  });
}
