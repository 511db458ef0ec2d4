import createClient from "openapi-fetch";
import { guardedFetch } from "@/lib/guarded-http/guarded-fetch";
import type { paths } from "./contracts/gitlab";
import { accountRefusedByGitlab } from "./gitlab-refusals";
import type { Account } from "./provider-check-input";
import { withRefusals } from "./provider-errors";

export type GitlabClient = ReturnType<typeof gitlabClient>;

/** A client for {url}/api/v4 that sends the credential, if any, and throws the refusals that end every call. */
export function gitlabClient({ providerUrl, token }: Account) {
  return createClient<paths>({
    baseUrl: providerUrl,
    fetch: withRefusals(guardedFetch(new URL(providerUrl).origin), "a GitLab", accountRefusedByGitlab),
    headers: { ...(token !== undefined && { "private-token": token }), accept: "application/json" },
  });
}
