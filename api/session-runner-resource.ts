import { z } from "@hono/zod-openapi";
import { registerRunnerInput, type SessionRunner } from "@/lib/sessions/runners";
import { bodyOf } from "./body";
import { exampleId } from "./examples";
import { instant, providerType } from "./schemas";

export const registerRunnerBody = bodyOf("NewRunner", registerRunnerInput, {
  providerUrl: "Where the runner is to work: the provider URL of one of the token's version control accesses",
  tags: {
    description: "What the runner's jobs are chosen by; at most 50",
    // Its check is a regular expression with a flag, which a description can't hold.
    type: "array",
    items: { type: "string", minLength: 1, maxLength: 64 },
    default: [],
  },
});

export const sessionRunnerSchema = z
  .object({
    id: z.string().meta({ description: "The name under which a GitHub runner has to be started" }),
    provider_type: providerType,
    provider_url: z.string(),
    runner_token: z.string().meta({ description: "GitLab's `glrt-` token, or GitHub's registration token" }),
    tags: z.array(z.string()),
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
