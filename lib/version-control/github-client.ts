import createClient from "openapi-fetch";
import { guardedFetch } from "@/lib/guarded-http/guarded-fetch";
import type { paths } from "./contracts/github";
import type { NumberedPaths } from "./contracts/github-by-number";
import type { Access } from "./provider-check-input";
import { judged, notRecognized, refused, wordsOf } from "./provider-errors";

export type GithubClient = ReturnType<typeof githubClient>;

/** Where the API of a GitHub is: of github.com, of *.ghe.com, of GitHub Enterprise Server. */
export function githubApi(providerUrl: string): string {
  const { host } = new URL(providerUrl);
  if (host === "github.com" || host === "www.github.com" || host === "api.github.com") return "https://api.github.com";
  if (host.endsWith(".ghe.com")) return `https://${host.startsWith("api.") ? host : `api.${host}`}`;
  return `${providerUrl}/api/v3`;
}

/** A client that sends the credential, and throws for what no call can go on after. */
export function githubClient({ providerUrl, token }: Pick<Access, "providerUrl" | "token">) {
  const baseUrl = githubApi(providerUrl);
  const client = createClient<paths & NumberedPaths>({
    baseUrl,
    fetch: judged(guardedFetch(new URL(baseUrl).origin), "a GitHub"),
    headers: {
      authorization: `Bearer ${token}`,
      accept: "application/vnd.github+json",
      "x-github-api-version": "2022-11-28",
      "user-agent": "vehaas-access-tokens",
    },
  });
  client.use({
    onResponse({ response }) {
      if (response.status === 401) {
        throw refused(
          "credential_rejected",
          "GitHub does not accept the token: it has expired, was revoked or was not copied whole. Make a new one.",
        );
      }
      if (response.headers.get("x-github-sso")?.startsWith("required")) {
        throw refused(
          "credential_rejected",
          "The organization asks for single sign-on: authorize the token for it in GitHub.",
        );
      }
    },
  });
  return client;
}

/** A runner's registration or removal that GitHub refused, told by what it says of the token's scopes. */
export function refusedByGithub(response: Response, error: unknown, scope: Access["tokenScope"]) {
  const words = wordsOf(error);
  if (/runners? (?:is|are) (?:disabled|not enabled|not allowed)/i.test(words)) {
    return refused(
      "registration_disabled",
      "Self-hosted runners are disabled there. Ask an owner of the organization to allow them.",
    );
  }
  if (/resource not accessible by/i.test(words)) {
    const permission = scope === "project" ? "Administration" : "Self-hosted runners (organization)";
    return refused("missing_scope", `The token lacks the permission "${permission}: Read and write".`);
  }
  const scopes = response.headers.get("x-oauth-scopes");
  const needed = scope === "project" ? "repo" : "admin:org";
  if (scopes !== null && !scopes.split(/,\s*/).includes(needed)) {
    return refused("missing_scope", `The token lacks the scope ${needed}.`);
  }
  if (response.status !== 403 && response.status !== 404) return unexpected();
  const role = scope === "project" ? "an admin of the repository" : "an owner of the organization";
  return refused("missing_role", `The token's user must be ${role} to register runners.`);
}

/** For an answer that GitHub never gives here. */
export function unexpected() {
  return notRecognized("a GitHub");
}
