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
 * Adds or replaces these variables of a token whose row the caller holds, and answers all that it has then. Throws
 * `invalid` where that would be beyond a limit.
 */
export async function saveVariables(
  tx: Tx,
  actor: Actor,
  token: AccessToken,
  changed: Values,
): Promise<EnvironmentVariable[]> {
  const rows = [...changed].map(([name, value]) => ({
    accessTokenId: token.id,
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
  // Where all are replaced, the old values are not needed: so they can be, should they no longer open.
  const kept = variables.every(({ name }) => changed.has(name)) ? [] : await readValues(tx, actor, token);
  await writeValues(tx, token, new Map([...kept, ...changed]));
  return variables;
}
