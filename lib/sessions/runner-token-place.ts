import type { Place } from "@/lib/crypto/seal";

/** Where a runner's own token is sealed. */
export function runnerTokenPlace(runner: { id: string; organizationId: string }): Place {
  return { organizationId: runner.organizationId, table: "runners", column: "sealed_runner_token", rowId: runner.id };
}
