import type { Executor } from "@/db/client";
import type { versionControlAccesses } from "@/db/schema";
import { unseal } from "@/lib/crypto/seal";
import { tokenPlace } from "./access";
import type { Access } from "./provider-check";

/** A stored access with its credential in the clear, for a call to the provider. */
export async function unsealAccess(
  executor: Executor,
  row: typeof versionControlAccesses.$inferSelect,
): Promise<Access> {
  const {
    providerType,
    providerUrl,
    tokenScope,
    targetId,
    targetNumber,
    acceptsPersonalToken: acceptPersonalToken,
  } = row;
  const token = await unseal(executor, tokenPlace(row), row.sealedToken);
  return { providerType, providerUrl, tokenScope, targetId, targetNumber, token, acceptPersonalToken };
}
