import createClient from "openapi-fetch";
import { guardedFetch } from "@/lib/guarded-http/guarded-fetch";
import type { paths } from "./contracts/gitlab";
import type { Access } from "./provider-check-input";
import { judged, notRecognized, refused, wordsOf } from "./provider-errors";

export type GitlabClient = ReturnType<typeof gitlabClient>;

/** A client for the API at {url}/api/v4 that sends the credential, and throws for what no call can go on after. */
export function gitlabClient({ providerUrl, token }: Pick<Access, "providerUrl" | "token">) {
  const client = createClient<paths>({
    baseUrl: providerUrl,
    fetch: judged(guardedFetch(new URL(providerUrl).origin), "a GitLab"),
    headers: { "private-token": token, accept: "application/json" },
  });
  client.use({
    async onResponse({ response }) {
      if (response.status === 401) throw rejected(await response.text());
    },
  });
  return client;
}

function rejected(answer: string) {
  if (/expired/i.test(answer))
    return refused("credential_rejected", "The token has expired. Make a new one in GitLab.");
  if (/revoked/i.test(answer))
    return refused("credential_rejected", "The token was revoked. Make a new one in GitLab.");
  return refused(
    "credential_rejected",
    "GitLab does not accept the token. Check that it was copied whole and still exists.",
  );
}

/** True where the answer says that the credential's scopes don't reach this far. */
export function isScopeMissing(response: Response, error: unknown): boolean {
  return response.status === 403 && /insufficient_(?:granular_)?scope/.test(wordsOf(error));
}

/** For an answer that GitLab never gives here. */
export function unexpected() {
  return notRecognized("a GitLab");
}
