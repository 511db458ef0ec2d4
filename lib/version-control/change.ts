import { and, eq, sql } from "drizzle-orm";
import { z } from "zod";
import { db } from "@/db/client";
import { runners, versionControlAccesses } from "@/db/schema";
import { lockAccessToken, mutateToken } from "@/lib/access-tokens/find";
import type { Actor } from "@/lib/auth/actor";
import { seal } from "@/lib/crypto/seal";
import { DomainError, type ExpectedRevisions } from "@/lib/errors";
import { asProviderCall } from "@/lib/limits/provider-calls";
import { dropIdleAccesses, releaseRunners, wakeRunnerJobs } from "@/lib/release-runners";
import { accessColumns, accessOf, assertAccessRevision, credentialSealedAt, type VersionControlAccess } from "./access";
import { suffixOf } from "./add";
import { type CheckResult, checkAccess, type ProviderCredential } from "./providers/provider-check";
import { providerToken } from "./providers/provider-check-input";
import { findAccess, noAccess, ownAccess, requireAccessRevision } from "./stored-access";
import { unsealAccess } from "./unseal-access";

export const replaceTokenInput = z.strictObject({
  token: providerToken,
  acceptPersonalToken: z.boolean().default(false),
});

/**
 * Repeats the check with the stored credential and stores the outcome: a refusal is a result, not an error. The outcome
 * is dropped if the credential was replaced meanwhile. Throws `precondition_failed`, and `rate_limited` before the
 * provider is called.
 */
export async function checkAgain(
  actor: Actor,
  tokenId: string,
  accessId: string,
  expected?: ExpectedRevisions,
): Promise<VersionControlAccess> {
  const stored = await findAccess(actor, tokenId, accessId, expected);
  const outcome = await asProviderCall({ actor, organizationId: stored.organizationId }, async () =>
    outcomeOf(await unsealAccess(db, stored, actor)),
  );
  return mutateToken(actor, tokenId, async (tx) => {
    await tx
      .update(versionControlAccesses)
      .set({ ...outcome, checkedAt: sql`clock_timestamp()` })
      .where(and(ownAccess(tokenId, accessId), eq(versionControlAccesses.sealedToken, stored.sealedToken)));
    const [current] = await tx.select(accessColumns).from(versionControlAccesses).where(ownAccess(tokenId, accessId));
    if (!current) throw noAccess();
    assertAccessRevision(current, expected);
    return { result: accessOf(current) };
  });
}

/**
 * Replaces the stored credential once the provider has accepted the new one. Throws the provider's refusal,
 * `precondition_failed` before the provider is called or after a concurrent change, and `rate_limited` before the call.
 */
export async function replaceToken(
  actor: Actor,
  tokenId: string,
  accessId: string,
  { token, acceptPersonalToken }: z.output<typeof replaceTokenInput>,
  expected?: ExpectedRevisions,
): Promise<VersionControlAccess> {
  const stored = await findAccess(actor, tokenId, accessId, expected);
  const checked = await asProviderCall({ actor, organizationId: stored.organizationId }, () =>
    checkAccess({ ...stored, token, acceptPersonalToken }),
  );
  return mutateToken(actor, tokenId, async (tx, { scope, organization }) => {
    const subject = await lockAccessToken(tx, scope, tokenId);
    await requireAccessRevision(tx, tokenId, accessId, expected);
    const place = credentialSealedAt({ id: accessId, organizationId: organization.id });
    const [replaced] = await tx
      .update(versionControlAccesses)
      .set({
        sealedToken: await seal(tx, place, token),
        tokenSuffix: suffixOf(token),
        acceptsPersonalToken: acceptPersonalToken,
        ...checked,
        checkCode: null,
        checkMessage: null,
        checkedAt: sql`clock_timestamp()`,
      })
      .where(ownAccess(tokenId, accessId))
      .returning(accessColumns);
    if (!replaced) throw noAccess();
    const detail = { provider_url: replaced.providerUrl };
    return {
      result: accessOf(replaced),
      event: { action: "version_control_access.token_replaced" as const, subject, detail },
    };
  });
}

/**
 * Removes the access at once for everyone. Its credential is deleted once its runners are unregistered. Throws
 * `precondition_failed`.
 */
export async function removeAccess(
  actor: Actor,
  tokenId: string,
  accessId: string,
  expected?: ExpectedRevisions,
): Promise<void> {
  await mutateToken(actor, tokenId, async (tx, { scope }) => {
    const subject = await lockAccessToken(tx, scope, tokenId);
    await requireAccessRevision(tx, tokenId, accessId, expected);
    const [removed] = await tx
      .update(versionControlAccesses)
      .set({ removedAt: sql`now()` })
      .where(ownAccess(tokenId, accessId))
      .returning({ providerUrl: versionControlAccesses.providerUrl });
    if (!removed) throw noAccess();
    await releaseRunners(tx, eq(runners.accessId, accessId));
    await dropIdleAccesses(tx, eq(versionControlAccesses.id, accessId));
    const detail = { provider_url: removed.providerUrl };
    return { result: undefined, event: { action: "version_control_access.removed" as const, subject, detail } };
  });
  wakeRunnerJobs();
}

/** What a check stores. */
export type CheckOutcome = { checkCode: string | null; checkMessage: string | null } & Partial<CheckResult>;

/** Asks the provider. Its refusal is a result, not an error. */
export async function outcomeOf(access: ProviderCredential): Promise<CheckOutcome> {
  try {
    return { checkCode: null, checkMessage: null, ...(await checkAccess(access)) };
  } catch (error) {
    if (!(error instanceof DomainError)) throw error;
    return { checkCode: error.code, checkMessage: error.message };
  }
}
