import { and, eq } from "drizzle-orm";
import { z } from "zod";
import type { Tx } from "@/db/client";
import { environmentVariables } from "@/db/schema";
import type { AccessToken } from "@/lib/access-tokens/access-token";
import { lockAccessToken, mutateToken } from "@/lib/access-tokens/find";
import type { Actor } from "@/lib/auth/actor";
import { invalid, notFound } from "@/lib/errors";
import { type EnvironmentVariable, selectVariables } from "./environment-variable";
import { type IfMatch, requireMatch, requireUnchanged } from "./expected";
import { variableName } from "./name";
import { saveVariables } from "./save";
import { variableValue } from "./value";
import { readValues, writeValues } from "./values";

const nameAndValue = z.object({ name: variableName, value: variableValue });

export const setVariableInput = z.strictObject({ value: variableValue });

/** `expected` is the revision that was seen, or null for no variable. Without it any state is accepted. */
type SetVariable = { name: string; value: string; expected?: string | null; ifMatch?: IfMatch };

/**
 * Adds or replaces the variable. Throws `invalid` on name or value, also if a limit would be exceeded, and `conflict`
 * if the variable is not in the expected state.
 */
export function setVariable(
  actor: Actor,
  tokenId: string,
  input: SetVariable,
): Promise<{ variable: EnvironmentVariable; isNew: boolean }> {
  const { name, value } = checked(input);
  const { expected, ifMatch } = input;
  return mutateToken(actor, tokenId, async (tx, { scope }) => {
    const token = await lockAccessToken(tx, scope, tokenId);
    const current = (await selectVariables(tx, tokenId)).find((one) => one.name === name);
    requireMatch(name, current, ifMatch);
    requireUnchanged(name, current, expected);
    const variable = (await saveVariables(tx, actor, token, new Map([[name, value]]))).find((one) => one.name === name);
    if (!variable) throw new Error("the variable was not saved");
    const action = current ? "environment_variable.replaced" : "environment_variable.added";
    return {
      result: { variable, isNew: current === undefined },
      event: { action, subject: token, detail: { name } },
    };
  });
}

/** Throws `not_found`, and `conflict` if the variable is not in the expected state. */
export async function removeVariable(
  actor: Actor,
  tokenId: string,
  { name, expected, ifMatch }: { name: string; expected?: string; ifMatch?: IfMatch },
): Promise<void> {
  await mutateToken(actor, tokenId, async (tx, { scope }) => {
    const token = await lockAccessToken(tx, scope, tokenId);
    const current = (await selectVariables(tx, tokenId)).find((one) => one.name === name);
    if (!current) throw notFound("This environment variable");
    requireMatch(name, current, ifMatch);
    requireUnchanged(name, current, expected);
    await remove(tx, actor, token, name);
    return {
      result: undefined,
      event: { action: "environment_variable.removed" as const, subject: token, detail: { name } },
    };
  });
}

async function remove(tx: Tx, actor: Actor, token: AccessToken, name: string): Promise<void> {
  await tx
    .delete(environmentVariables)
    .where(and(eq(environmentVariables.accessTokenId, token.id), eq(environmentVariables.name, name)));
  // The last variable can be removed without reading the values, even if they can't be unsealed.
  const isLast = (await tx.$count(environmentVariables, eq(environmentVariables.accessTokenId, token.id))) === 0;
  const values = isLast ? new Map<string, string>() : await readValues(tx, actor, token);
  values.delete(name);
  await writeValues(tx, token, values);
}

/** The API takes the name from the path, where no schema checks it: the command checks both. */
function checked(input: { name: string; value: string }): { name: string; value: string } {
  const { data, error } = nameAndValue.safeParse(input);
  if (data) return data;
  const [issue] = error.issues;
  throw invalid(String(issue?.path[0]), issue?.message ?? "This variable can't be used.");
}
