import { z } from "zod";
import type { Tx } from "@/db/client";
import { accessTokens } from "@/db/schema";
import type { Actor } from "@/lib/auth/actor";
import type { Scope } from "@/lib/auth/scope";
import { type ExpectedRevisions, invalid } from "@/lib/errors";
import { databaseErrorCode } from "@/lib/mutate";
import { foldName, nameTaken, searchKeyOf, tokenDescription, tokenName } from "@/lib/names";
import type { AccessToken } from "./access-token";
import { assertTokenRevision, findAccessToken, lockAccessToken, mutateToken, owned } from "./find";

export const editAccessTokenInput = z.strictObject({
  name: tokenName.optional(),
  description: tokenDescription.optional(),
});

const uniqueViolation = "23505";

/**
 * Changes the token's name, its description, or both; its technical user keeps the name by which the audit log knows
 * it. Current values change nothing. Throws `invalid` if nothing is given, `name_taken` on name, `precondition_failed`.
 */
export function editAccessToken(
  actor: Actor,
  tokenId: string,
  { name, description }: z.output<typeof editAccessTokenInput>,
  expected?: ExpectedRevisions,
): Promise<AccessToken> {
  return mutateToken(actor, tokenId, async (tx, { scope }) => {
    if (name === undefined && description === undefined) throw invalid("name", "Give a name or a description.");
    const before = await lockAccessToken(tx, scope, tokenId);
    assertTokenRevision(before, expected);
    const isRenamed = name !== undefined && name !== before.name;
    const isDescribed = description !== undefined && description !== before.description;
    if (!isRenamed && !isDescribed) return { result: before };
    await update(tx, scope, before.id, {
      ...(isRenamed && { name, nameKey: foldName(name), searchKey: searchKeyOf(name, before.technicalUser.username) }),
      ...(isDescribed && { description }),
    });
    const token = await findAccessToken(tx, scope, before.id);
    return {
      result: token,
      event: {
        action: isRenamed ? "access_token.renamed" : "access_token.description_changed",
        subject: token,
        detail: {
          ...(isRenamed && { previous_name: before.name, name }),
          ...(isDescribed && { previous_description: before.description, description }),
        },
      },
    };
  });
}

type Changed = { name?: string; nameKey?: string; searchKey?: string; description?: string };

async function update(tx: Tx, scope: Scope, id: string, changed: Changed): Promise<void> {
  try {
    await tx.update(accessTokens).set(changed).where(owned(scope, id));
  } catch (error) {
    if (changed.name === undefined || databaseErrorCode(error) !== uniqueViolation) throw error;
    throw nameTaken(changed.name, scope);
  }
}
