import type { Actor } from "@/lib/auth/actor";
import { addTrustedPipeline } from "@/lib/trusted-pipelines/add";
import {
  type AddTrustedPipeline,
  addTrustedPipelineInput,
  type TrustedPipeline,
} from "@/lib/trusted-pipelines/trusted-pipeline";

const usual: AddTrustedPipeline = {
  providerType: "gitlab",
  providerUrl: "https://gitlab.com",
  projectId: "123",
  project: "test/test-project",
  ref: "refs/heads/main",
};

/** A command's input for jobs of GitLab's project 123 on its branch `main`. */
export function pipelineInput(differs: Partial<AddTrustedPipeline> = {}) {
  return addTrustedPipelineInput.parse({ ...usual, ...differs });
}

export const githubPipeline = {
  providerType: "github",
  providerUrl: "https://github.com",
  projectId: "1296269",
  ownerId: "9919",
  project: "octo-org/octo-repo",
} as const;

export function addPipeline(
  actor: Actor,
  tokenId: string,
  differs: Partial<AddTrustedPipeline> = {},
): Promise<TrustedPipeline> {
  return addTrustedPipeline(actor, tokenId, pipelineInput(differs));
}
