import { shaped } from "@/lib/version-control/providers/answer-shape";
import { gitlabClient } from "@/lib/version-control/providers/gitlab-client";
import { isScopeMissing, unexplainedByGitlab } from "@/lib/version-control/providers/gitlab-refusals";
import type { Account } from "@/lib/version-control/providers/provider-check-input";
import { refused } from "@/lib/version-control/providers/provider-errors";
import { aboutProject, mostSuggestions, namesIn, type Project, unlessMoved } from "./project";

/** The project with this path. Throws the provider's refusals. */
export async function findGitlabProject(account: Account, path: string): Promise<Project> {
  const client = gitlabClient(account);
  const { data, error, response } = await unlessMoved(() =>
    client.GET("/api/v4/projects/{id}", { params: { path: { id: path } } }),
  );
  if (isScopeMissing(response, error)) throw refused("missing_scope", "The token may not look projects up.");
  if (response.status === 404) throw refused("target_not_found", "The project was not found.");
  if (!data) throw unexplainedByGitlab(response);
  const { id } = shaped(aboutProject, data, "a GitLab");
  const params = { path: { id }, query: { per_page: mostSuggestions } };
  const [branches, tags, environments] = await Promise.all([
    namesIn(client.GET("/api/v4/projects/{id}/repository/branches", { params }).then(({ data }) => data)),
    namesIn(client.GET("/api/v4/projects/{id}/repository/tags", { params }).then(({ data }) => data)),
    namesIn(client.GET("/api/v4/projects/{id}/environments", { params }).then(({ data }) => data)),
  ]);
  return { projectId: String(id), ownerId: null, branches, tags, environments };
}
