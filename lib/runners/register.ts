import { and, eq, sql } from "drizzle-orm";
import { z } from "zod";
import { db } from "@/db/client";
import type { ProviderType } from "@/db/enums";
import { givenId } from "@/db/ids";
import { runners } from "@/db/schema";
import { scopeOfAccessToken } from "@/lib/access-tokens/queries";
import type { Actor, TechnicalUser } from "@/lib/auth/actor";
import type { Scope } from "@/lib/auth/scope";
import { SealError } from "@/lib/crypto/aes-gcm";
import { withoutDatabaseDeadline } from "@/lib/database-deadline";
import { settings } from "@/lib/env";
import { DomainError, type ErrorCode, notFound } from "@/lib/errors";
import { asProviderCall } from "@/lib/limits/provider-calls";
import { mutate } from "@/lib/mutate";
import { forgetRunner, releaseRunners, wakeRunnerJobs } from "@/lib/release-runners";
import { parseProviderUrl } from "@/lib/version-control/provider-url";
import { type Registered, registerRunner, unregisterRunner } from "@/lib/version-control/providers/provider-check";
import { type RunnerTags, tagList, tagsOfRunner } from "@/lib/version-control/providers/runner-settings";
import { unsealAccess } from "@/lib/version-control/unseal-access";
import { findAccessFor, recordAsked, type StoredAccess } from "./record-asked";
import { type RecordedAs, recordRegistered } from "./record-registered";
import { recordingRefusal } from "./refused-registration";

export const registerRunnerInput = z.strictObject({
  providerUrl: z.string({ error: "Give the provider's URL." }),
  tags: tagList.default([]),
});

/** Much longer than the timeout for an answer. */
const untilFirstSearch = sql`interval '1 minute'`;

/** What a VM needs to start the runner. The VM must name it by `id`, which is how a GitHub runner is found later. */
export type SessionRunner = {
  id: string;
  providerType: ProviderType;
  providerUrl: string;
  runnerToken: string;
  tags: string[];
  expiresAt: Date | null;
};

/**
 * Registers a runner with the token's access for the URL. The row is written first: if the process dies before
 * recording the answer, the background finds the runner by its description. Throws `not_found` without an access,
 * `invalid` on tags, `rate_limited` over a limit, and the provider's refusals. Records each refusal.
 */
export async function registerSessionRunner(
  actor: TechnicalUser,
  { providerUrl, tags }: z.output<typeof registerRunnerInput>,
): Promise<SessionRunner> {
  const url = await recordingRefusal({ actor }, async () =>
    parseProviderUrl(providerUrl, settings().PROVIDER_ALLOWLIST),
  );
  return recordingRefusal({ actor, providerUrl: url }, async () => {
    // Before the rate limit: without an access for this URL, or with a refused tag, no provider is called.
    const access = await findAccessFor(actor.accessTokenId, url);
    tagsOfRunner(access, tags);
    const { organizationId } = access;
    return asProviderCall({ actor, organizationId }, () => registerAt(actor, url, tags));
  });
}

async function registerAt(actor: TechnicalUser, url: string, tags: string[]): Promise<SessionRunner> {
  const scope = await scopeOfAccessToken(actor.accessTokenId);
  const { id, access, runnerTags } = await recordAsked(actor, scope, anyRole(scope), { providerUrl: url, tags });
  const registered = await register(actor, access, id, runnerTags);
  const recorded = { id, providerUrl: url, registered };
  const outcome = await recordOrUndo(access, recorded, () => recordRegistered(actor, scope, anyRole(scope), recorded));
  if (outcome !== "registered") throw goneMeanwhile();
  const { runnerToken, expiresAt } = registered;
  return { id, providerType: access.providerType, providerUrl: url, runnerToken, tags: registered.tags, expiresAt };
}

/** Marks the runner for removal in the background. Throws `not_found` for another token's runner. */
export async function unregisterSessionRunner(actor: TechnicalUser, runnerId: string): Promise<void> {
  const scope = await scopeOfAccessToken(actor.accessTokenId);
  await mutate(actor, scope, anyRole(scope), async (tx) => {
    const own = and(eq(runners.id, givenId(runnerId)), eq(runners.accessTokenId, actor.accessTokenId));
    const [runner] = await tx.select({ id: runners.id }).from(runners).where(own);
    if (!runner) throw notFound("This runner");
    if ((await releaseRunners(tx, eq(runners.id, runner.id))) === 0) return { result: undefined };
    const event = { action: "runner.unregistered", subject: { id: runner.id, name: runner.id } } as const;
    return { result: undefined, event };
  });
  wakeRunnerJobs();
}

/** Any token may register runners; the check is only that it still has a role. */
function anyRole(scope: Scope) {
  return scope.kind === "group" ? ("group:read" as const) : ("organization:read" as const);
}

/** Deletes the row if the provider surely created no runner; otherwise the background checks. */
async function register(actor: Actor, access: StoredAccess, id: string, runnerTags: RunnerTags): Promise<Registered> {
  try {
    return await registerRunner(await unsealAccess(db, access, actor), { ...runnerTags, description: id });
  } catch (error) {
    if (error instanceof SealError || (error instanceof DomainError && certain.has(error.code)))
      await forgetRunner({ id, accessId: access.id });
    else await searchLater(id);
    throw error;
  }
}

/** The provider may still be creating the runner. */
async function searchLater(id: string): Promise<void> {
  const nextAttemptAt = sql`now() + ${untilFirstSearch}`;
  await db.update(runners).set({ state: "unregistering", nextAttemptAt }).where(eq(runners.id, id));
}

/** If recording fails, unregisters the runner while its own token is still in memory. */
async function recordOrUndo(
  access: StoredAccess,
  { id, registered }: { id: string; registered: Registered },
  record: () => Promise<RecordedAs>,
): Promise<RecordedAs> {
  const { remoteId, runnerToken } = registered;
  const undo = async () => unregisterRunner(await unsealAccess(db, access), { remoteId, description: id, runnerToken });
  try {
    const outcome = await record();
    if (outcome === "unknown") await undo();
    return outcome;
  } catch (error) {
    // If this fails too, the row stays and is checked later.
    await undo().catch(() => {});
    // The database may have committed before its error, and the row then describes a removed runner.
    if (!(error instanceof DomainError)) void withoutDatabaseDeadline(() => searchLater(id)).catch(() => {});
    throw error;
  }
}

function goneMeanwhile(): DomainError {
  const message = "The access token was revoked, or its access removed or changed, while the runner was registered.";
  return new DomainError("conflict", message);
}

const certain = new Set<ErrorCode>([
  "invalid",
  "provider_url_not_allowed",
  "provider_certificate_untrusted",
  "credential_rejected",
  "credential_is_personal",
  "missing_scope",
  "missing_role",
  "target_not_found",
  "registration_disabled",
  "rate_limited",
]);
