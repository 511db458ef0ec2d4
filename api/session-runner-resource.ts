import { z } from "@hono/zod-openapi";
import { registerRunnerInput, type SessionRunner } from "@/lib/runners/register";
import { aboutTags, exampleId, instant, providerType } from "./description/schemas";
import { bodyOf } from "./http/body";

export const registerRunnerBody = bodyOf("NewRunner", registerRunnerInput, {
  providerUrl: "Where the runner is to work: the provider URL of one of the token's version control accesses",
  tags: {
    ...aboutTags(
      "The tags that select the runner's jobs; at most 50. If the access has allowed tags, only these are accepted. Without tags the runner gets the allowed ones; if there are none, it gets `vehaas`, unless the access runs untagged jobs",
    ),
    default: [],
  },
});

export const sessionRunnerSchema = z
  .object({
    id: z.string().meta({ description: "The name under which a GitHub runner has to be started" }),
    provider_type: providerType,
    provider_url: z.string(),
    runner_token: z.string().meta({ description: "GitLab's `glrt-` token, or GitHub's registration token" }),
    tags: z.array(z.string()).meta({
      description: "The runner's tags; at GitHub the labels to start it with (`--labels`, with `--no-default-labels`)",
    }),
    expires_at: instant.nullable().meta({ description: "When the runner token expires; `null` for never" }),
  })
  .openapi("Runner", { description: "What a VM needs to start the runner" });

export const sessionRunnerExample: z.output<typeof sessionRunnerSchema> = {
  id: exampleId.runner,
  provider_type: "gitlab",
  provider_url: "https://gitlab.com",
  runner_token: "glrt-…",
  tags: ["bench-7"],
  expires_at: null,
};

export function sessionRunnerResource(runner: SessionRunner): z.output<typeof sessionRunnerSchema> {
  return {
    id: runner.id,
    provider_type: runner.providerType,
    provider_url: runner.providerUrl,
    runner_token: runner.runnerToken,
    tags: runner.tags,
    expires_at: runner.expiresAt?.toISOString() ?? null,
  };
}
