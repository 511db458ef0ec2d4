import { db } from "@/db/client";
import { getAccessToken } from "@/lib/access-tokens/queries";
import type { Actor } from "@/lib/auth/actor";
import { notFound } from "@/lib/errors";
import { type EnvironmentVariable, selectVariables } from "./environment-variable";
import { usageOf } from "./limits";

/** Sorted by name. `usedBytes` counts names and values. */
export type Environment = { variables: EnvironmentVariable[]; usedBytes: number };

/** The token's variables. Throws `not_found` if the actor may not see the token; a token may read its own. */
export async function listVariables(actor: Actor, tokenId: string): Promise<Environment> {
  await getAccessToken(actor, tokenId);
  const variables = await selectVariables(db, tokenId);
  return { variables, usedBytes: usageOf(variables).usedBytes };
}

/** Throws `not_found`. */
export async function getVariable(actor: Actor, tokenId: string, name: string): Promise<EnvironmentVariable> {
  const { variables } = await listVariables(actor, tokenId);
  const variable = variables.find((one) => one.name === name);
  if (!variable) throw notFound("This environment variable");
  return variable;
}
