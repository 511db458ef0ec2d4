import { sql } from "drizzle-orm";
import type { Tx } from "@/db/client";
import { newId } from "@/db/ids";
import { environmentVariables } from "@/db/schema";
import type { AccessToken } from "@/lib/access-tokens/access-token";
import type { Actor } from "@/lib/auth/actor";
import { invalid } from "@/lib/errors";
import { type EnvironmentVariable, selectVariables } from "./environment-variable";
import { beyondLimits, usageOf } from "./limits";
import { sizeOf } from "./value";
import { readValues, type Values, writeValues } from "./values";

/**
 * Adds or replaces these variables, and returns all variables afterwards. The caller must hold the token's lock. Throws
 * `invalid` over a limit.
 */
export async function saveVariables(
  tx: Tx,
  actor: Actor,
  token: AccessToken,
  changed: Values,
): Promise<EnvironmentVariable[]> {
  const rows = [...changed].map(([name, value]) => ({
    accessTokenId: token.id,
    organizationId: token.organizationId,
    name,
    size: sizeOf(value),
    revision: newId("rev"),
    updatedById: actor.userId,
    updatedAt: sql`clock_timestamp()`,
  }));
  await tx
    .insert(environmentVariables)
    .values(rows)
    .onConflictDoUpdate({
      target: [environmentVariables.accessTokenId, environmentVariables.name],
      set: {
        size: sql`excluded.size`,
        revision: sql`excluded.revision`,
        updatedById: sql`excluded.updated_by_id`,
        updatedAt: sql`excluded.updated_at`,
      },
    });
  const variables = await selectVariables(tx, token.id);
  const refusal = beyondLimits(usageOf(variables));
  if (refusal) throw invalid(refusal.field, refusal.message);
  // If all variables are replaced, the old values are not read, so that this works even if they can't be unsealed.
  const kept = variables.every(({ name }) => changed.has(name)) ? [] : await readValues(tx, actor, token);
  await writeValues(tx, token, new Map([...kept, ...changed]));
  return variables;
}
