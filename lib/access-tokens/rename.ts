import { z } from "zod";
import type { Tx } from "@/db/client";
import { accessTokens } from "@/db/schema";
import type { Actor } from "@/lib/auth/actor";
import type { Scope } from "@/lib/auth/scope";
import type { ExpectedRevisions } from "@/lib/errors";
import { databaseErrorCode } from "@/lib/mutate";
import { foldName, nameTaken, tokenName } from "@/lib/names";
import type { AccessToken } from "./access-token";
import { assertTokenRevision, findAccessToken, lockAccessToken, mutateToken, owned } from "./find";

export const renameAccessTokenInput = z.strictObject({ name: tokenName });

const uniqueViolation = "23505";

/**
 * Renames the token; its technical user keeps the name by which the audit log knows it. The current name changes
 * nothing. Throws `name_taken` on name, and `precondition_failed`.
 */
export function renameAccessToken(
  actor: Actor,
  tokenId: string,
  { name }: { name: string },
  expected?: ExpectedRevisions,
): Promise<AccessToken> {
  return mutateToken(actor, tokenId, async (tx, { scope }) => {
    const before = await lockAccessToken(tx, scope, tokenId);
    assertTokenRevision(before, expected);
    if (before.name === name) return { result: before };
    await setName(tx, scope, before.id, name);
    const token = await findAccessToken(tx, scope, before.id);
    return {
      result: token,
      event: { action: "access_token.renamed", subject: token, detail: { previous_name: before.name, name } },
    };
  });
}

async function setName(tx: Tx, scope: Scope, id: string, name: string): Promise<void> {
  try {
    await tx
      .update(accessTokens)
      .set({ name, nameKey: foldName(name) })
      .where(owned(scope, id));
  } catch (error) {
    throw databaseErrorCode(error) === uniqueViolation ? nameTaken(name, scope) : error;
  }
}
