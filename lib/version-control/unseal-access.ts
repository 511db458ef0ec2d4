import type { Executor } from "@/db/client";
import type { versionControlAccesses } from "@/db/schema";
import { openSealed } from "@/lib/audit/open-sealed";
import type { Actor } from "@/lib/auth/actor";
import { credentialSealedAt } from "./access";
import type { ProviderCredential } from "./providers/provider-check";

/**
 * A stored access with its decrypted credential, for a call to the provider. Throws a SealError, which is a refusal
 * with a message, if the credential can't be unsealed.
 */
export async function unsealAccess(
  executor: Executor,
  row: Omit<typeof versionControlAccesses.$inferSelect, "revision">,
  asker?: Actor,
): Promise<ProviderCredential> {
  const {
    providerType,
    providerUrl,
    tokenScope,
    targetId,
    targetNumber,
    acceptsPersonalToken: acceptPersonalToken,
  } = row;
  const token = await openSealed(executor, credentialSealedAt(row), row.sealedToken, asker);
  return { providerType, providerUrl, tokenScope, targetId, targetNumber, token, acceptPersonalToken };
}
