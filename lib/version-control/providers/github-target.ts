import { z } from "zod";
import { DomainError } from "@/lib/errors";
import { shaped } from "./answer-shape";
import { type GithubClient, githubApi } from "./github-client";
import { refusedByGithub } from "./github-refusals";
import { assertSameTarget, numberInRedirect, orMoved } from "./moved-target";
import type { ProviderCredential } from "./provider-check-input";
import { refused } from "./provider-errors";

const aboutTarget = z.object({ id: z.int().positive() });

/** How GitHub's URLs address a repository or organization: by name, or by a number that never changes. */
export type GithubPlace = { by: "name" } | { by: "number"; collection: "repositories" | "organizations"; id: string };

export function nounOf({ tokenScope }: Pick<ProviderCredential, "tokenScope">): "repository" | "organization" {
  return tokenScope === "project" ? "repository" : "organization";
}

/** Looks up the target's number by name. Throws `target_not_found` if the name is unused or another target's. */
export async function requireGithubTarget(client: GithubClient, access: ProviderCredential): Promise<string> {
  const noun = nounOf(access);
  const number = await orMovedAtGithub(access, () => readTarget(client, access));
  if (number === undefined) throw notThere(noun);
  assertSameTarget(access, number, noun);
  return number;
}

/** Runs a call that uses the target's name. Throws `target_not_found` if the target has moved. */
export function orMovedAtGithub<T>(access: ProviderCredential, work: () => Promise<T>): Promise<T> {
  return orMoved(nounOf(access), "its new name", work);
}

/**
 * Calls the API for the target's runners. A renamed or transferred target keeps its runners and is addressed by number:
 * its old name may now belong to another target, whose runners must not be touched.
 */
export async function atGithubPlace<T>(
  client: GithubClient,
  access: ProviderCredential,
  work: (place: GithubPlace) => Promise<T>,
): Promise<T> {
  if (access.targetNumber) return work(await placeOf(client, access, access.targetNumber));
  return orMovedAtGithub(access, async () => {
    try {
      return await work({ by: "name" });
    } catch (error) {
      const id = numberInRedirect(error, githubApi(access.providerUrl), "repositories");
      if (!id || !(await hasNumber(client, id))) throw error;
      return work({ by: "number", collection: "repositories", id });
    }
  });
}

async function placeOf(client: GithubClient, access: ProviderCredential, id: string): Promise<GithubPlace> {
  try {
    await requireGithubTarget(client, access);
    return { by: "name" };
  } catch (error) {
    if (!(error instanceof DomainError) || error.code !== "target_not_found") throw error;
    return { by: "number", collection: access.tokenScope === "project" ? "repositories" : "organizations", id };
  }
}

export function notThere(noun: string): DomainError {
  return refused("target_not_found", `The ${noun} was not found, or the token may not see it. Check the ID.`);
}

/** Verifies the number of a redirect with GitHub. */
async function hasNumber(client: GithubClient, id: string): Promise<boolean> {
  const params = { path: { collection: "repositories" as const, id } };
  const { data, response } = await client.GET("/{collection}/{id}", { params });
  return response.ok && String(shaped(aboutTarget, data, "a GitHub").id) === id;
}

async function readTarget(
  client: GithubClient,
  { tokenScope, targetId }: ProviderCredential,
): Promise<string | undefined> {
  const [owner = "", repo = ""] = targetId.split("/");
  const { data, error, response } =
    tokenScope === "project"
      ? await client.GET("/repos/{owner}/{repo}", { params: { path: { owner, repo } } })
      : await client.GET("/orgs/{org}", { params: { path: { org: owner } } });
  if (response.ok) return String(shaped(aboutTarget, data, "a GitHub").id);
  if (response.status === 404) return undefined;
  throw refusedByGithub(response, error, tokenScope);
}
