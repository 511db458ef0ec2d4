import { z } from "zod";
import type { Tx } from "@/db/client";
import { accessTokens } from "@/db/schema";
import type { Actor } from "@/lib/auth/actor";
import type { Scope } from "@/lib/auth/scope";
import { databaseErrorCode, mutate } from "@/lib/mutate";
import { foldName, nameTaken, searchKeyOf, tokenName } from "@/lib/names";
import type { AccessToken } from "./access-token";
import { assertVersion, type ExpectedVersions, findAccessToken, lockAccessToken, owned } from "./find";

export const renameAccessTokenInput = z.strictObject({ name: tokenName });

const uniqueViolation = "23505";

/**
 * Renames the token; its technical user keeps the name by which the audit log knows it. The current name changes
 * nothing. Throws `name_taken` on name, and `precondition_failed`.
 */
export function renameAccessToken(
  actor: Actor,
  scope: Scope,
  tokenId: string,
  { name }: { name: string },
  expected?: ExpectedVersions,
): Promise<AccessToken> {
  return mutate(actor, scope, "access-tokens:manage", async (tx) => {
    const before = await lockAccessToken(tx, scope, tokenId);
    assertVersion(before, expected);
    if (before.name === name) return { result: before };
    await setName(tx, scope, before, name);
    const token = await findAccessToken(tx, scope, before.id);
    return {
      result: token,
      event: { action: "access_token.renamed", subject: token, detail: { previous_name: before.name, name } },
    };
  });
}

async function setName(tx: Tx, scope: Scope, token: AccessToken, name: string): Promise<void> {
  const searchKey = searchKeyOf(name, token.technicalUser.username);
  try {
    await tx
      .update(accessTokens)
      .set({ name, nameKey: foldName(name), searchKey })
      .where(owned(scope, token.id));
  } catch (error) {
    throw databaseErrorCode(error) === uniqueViolation ? nameTaken(name, scope) : error;
  }
}
