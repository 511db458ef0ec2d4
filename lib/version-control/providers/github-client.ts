import createClient from "openapi-fetch";
import { guardedFetch } from "@/lib/guarded-http/guarded-fetch";
import type { paths } from "./contracts/github";
import type { NumberedPaths } from "./contracts/github-by-number";
import { accountRefusedByGithub } from "./github-refusals";
import type { ProviderCredential } from "./provider-check-input";
import { judged } from "./provider-errors";

export type GithubClient = ReturnType<typeof githubClient>;

/** The API's base URL for github.com, *.ghe.com or GitHub Enterprise Server. */
export function githubApi(providerUrl: string): string {
  const { host } = new URL(providerUrl);
  if (host === "github.com" || host === "www.github.com" || host === "api.github.com") return "https://api.github.com";
  if (host.endsWith(".ghe.com")) return `https://${host.startsWith("api.") ? host : `api.${host}`}`;
  return `${providerUrl}/api/v3`;
}

/** A client that sends the credential and throws the refusals that end every call. */
export function githubClient({ providerUrl, token }: Pick<ProviderCredential, "providerUrl" | "token">) {
  const baseUrl = githubApi(providerUrl);
  return createClient<paths & NumberedPaths>({
    baseUrl,
    fetch: judged(guardedFetch(new URL(baseUrl).origin), "a GitHub", accountRefusedByGithub),
    headers: {
      authorization: `Bearer ${token}`,
      accept: "application/vnd.github+json",
      "x-github-api-version": "2022-11-28",
      "user-agent": "vehaas-access-tokens",
    },
  });
}
