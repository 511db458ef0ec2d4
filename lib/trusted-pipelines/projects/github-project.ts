import { shaped } from "@/lib/version-control/providers/answer-shape";
import { githubClient } from "@/lib/version-control/providers/github-client";
import { refusedByGithub } from "@/lib/version-control/providers/github-refusals";
import type { Account } from "@/lib/version-control/providers/provider-check-input";
import { refused } from "@/lib/version-control/providers/provider-errors";
import { aboutRepository, mostSuggestions, namesIn, type Project, unlessMoved } from "./project";

/** The repository with this name, as `owner/repo`. Throws the provider's refusals. */
export async function findGithubProject(account: Account, name: string): Promise<Project> {
  const client = githubClient(account);
  const [owner = "", repo = ""] = name.split("/");
  const path = { owner, repo };
  const { data, error, response } = await unlessMoved(() => client.GET("/repos/{owner}/{repo}", { params: { path } }));
  if (response.status === 404) throw refused("target_not_found", "The repository was not found.");
  if (!data) throw refusedByGithub(response, error, "project");
  const repository = shaped(aboutRepository, data, "a GitHub");
  const params = { path, query: { per_page: mostSuggestions } };
  const [branches, tags, environments] = await Promise.all([
    namesIn(client.GET("/repos/{owner}/{repo}/branches", { params }).then(({ data }) => data)),
    namesIn(client.GET("/repos/{owner}/{repo}/tags", { params }).then(({ data }) => data)),
    namesIn(client.GET("/repos/{owner}/{repo}/environments", { params }).then(({ data }) => data?.environments)),
  ]);
  return { projectId: String(repository.id), ownerId: String(repository.owner.id), branches, tags, environments };
}
