import { z } from "@hono/zod-openapi";
import { registerRunnerInput, type SessionRunner } from "@/lib/sessions/runners";
import { bodyOf } from "./body";
import { instant, providerType } from "./schemas";

export const registerRunnerBody = bodyOf(registerRunnerInput);

export const sessionRunnerSchema = z.object({
  id: z.string(),
  provider_type: providerType,
  provider_url: z.string(),
  runner_token: z.string(),
  tags: z.array(z.string()),
  expires_at: instant.nullable(),
});

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
