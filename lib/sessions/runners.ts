import { and, eq, isNull } from "drizzle-orm";
import { z } from "zod";
import { db } from "@/db/client";
import type { ProviderType } from "@/db/enums";
import { givenId, newId } from "@/db/ids";
import { runners, versionControlAccesses } from "@/db/schema";
import { scopeOfAccessToken } from "@/lib/access-tokens/queries";
import type { TechnicalUser } from "@/lib/auth/actor";
import type { Scope } from "@/lib/auth/scope";
import { settings } from "@/lib/env";
import { DomainError, type ErrorCode, notFound } from "@/lib/errors";
import { mutate } from "@/lib/mutate";
import { type Registered, registerRunner, unregisterRunner } from "@/lib/version-control/provider-check";
import { parseProviderUrl } from "@/lib/version-control/provider-url";
import { releaseRunners, wakeRunnerJobs } from "@/lib/version-control/release";
import { unsealAccess } from "@/lib/version-control/unseal-access";
import { type RecordedAs, recordRegistered } from "./record-registered";

const tag = z
  .string({ error: "Give each tag as text." })
  .trim()
  .min(1, "A tag must not be empty.")
  .max(64, "A tag may have at most 64 characters.")
  .regex(/^[^\p{C},]+$/u, "A tag must not contain commas or control characters.");

export const registerRunnerInput = z.strictObject({
  providerUrl: z.string({ error: "Give the provider's URL." }),
  tags: z.array(tag, { error: "Give the tags as a list." }).max(50, "Give at most 50 tags.").default([]),
});

/** What a VM needs to start the runner. On the VM the runner is named by its `id`: GitHub's is found by that. */
export type SessionRunner = {
  id: string;
  providerType: ProviderType;
  providerUrl: string;
  runnerToken: string;
  tags: string[];
  expiresAt: Date | null;
};

/**
 * Registers a runner with the token's access for the provider URL. The row comes first, so that a crash between the
 * provider's answer and ours leaves a runner that the background finds by its description and removes.
 * Throws `not_found` without such an access, and the provider's refusals.
 */
export async function registerSessionRunner(
  actor: TechnicalUser,
  { providerUrl, tags }: z.output<typeof registerRunnerInput>,
): Promise<SessionRunner> {
  const scope = await scopeOfAccessToken(actor.accessTokenId);
  const url = parseProviderUrl(providerUrl, settings().PROVIDER_ALLOWLIST);
  const stored = await findAccess(actor, url);
  const id = newId("run");
  await mutate(actor, scope, anyRole(scope), async (tx, { organization }) => {
    await tx.insert(runners).values({
      id,
      organizationId: organization.id,
      accessId: stored.id,
      accessTokenId: actor.accessTokenId,
      state: "registering",
      tags,
    });
    return { result: undefined };
  });
  const registered = await register(stored, id, tags);
  const recorded = { id, providerUrl: url, registered };
  const outcome = await recordOrUndo(stored, recorded, () => recordRegistered(actor, scope, anyRole(scope), recorded));
  if (outcome !== "registered") throw goneMeanwhile();
  const { runnerToken, expiresAt } = registered;
  return { id, providerType: stored.providerType, providerUrl: url, runnerToken, tags: registered.tags, expiresAt };
}

/** Lets the background unregister the runner. Throws `not_found` for one that another token has registered. */
export async function unregisterSessionRunner(actor: TechnicalUser, runnerId: string): Promise<void> {
  const scope = await scopeOfAccessToken(actor.accessTokenId);
  await mutate(actor, scope, anyRole(scope), async (tx) => {
    const own = and(eq(runners.id, givenId(runnerId)), eq(runners.accessTokenId, actor.accessTokenId));
    const [runner] = await tx.select({ id: runners.id }).from(runners).where(own);
    if (!runner) throw notFound("This runner");
    await releaseRunners(tx, eq(runners.id, runner.id));
    const event = { action: "runner.unregistered", subject: { id: runner.id, name: runner.id } } as const;
    return { result: undefined, event };
  });
  wakeRunnerJobs();
}

/** Any token may register runners: what is asked for is only that it still has a role. */
function anyRole(scope: Scope) {
  return scope.kind === "group" ? ("group:read" as const) : ("organization:read" as const);
}

async function findAccess(actor: TechnicalUser, providerUrl: string) {
  const [access] = await db
    .select()
    .from(versionControlAccesses)
    .where(
      and(
        eq(versionControlAccesses.accessTokenId, actor.accessTokenId),
        eq(versionControlAccesses.providerUrl, providerUrl),
        isNull(versionControlAccesses.removedAt),
      ),
    );
  if (!access) throw notFound("A version control access for this provider URL");
  return access;
}

/** Where the provider has surely not made a runner, the row is taken back; else the background looks. */
async function register(stored: typeof versionControlAccesses.$inferSelect, id: string, tags: string[]) {
  try {
    return await registerRunner(await unsealAccess(db, stored), { tags, description: id });
  } catch (error) {
    if (error instanceof DomainError && certain.has(error.code)) await db.delete(runners).where(eq(runners.id, id));
    else await db.update(runners).set({ state: "unregistering" }).where(eq(runners.id, id));
    wakeRunnerJobs();
    throw error;
  }
}

/** What could not be recorded is undone at the provider while its own token is still in hand. */
async function recordOrUndo(
  stored: typeof versionControlAccesses.$inferSelect,
  { id, registered }: { id: string; registered: Registered },
  record: () => Promise<RecordedAs>,
): Promise<RecordedAs> {
  const { remoteId, runnerToken } = registered;
  const undo = async () => unregisterRunner(await unsealAccess(db, stored), { remoteId, description: id, runnerToken });
  try {
    const outcome = await record();
    if (outcome === "unknown") await undo();
    return outcome;
  } catch (error) {
    // The row stays and is looked at later, should this fail too.
    await undo().catch(() => {});
    throw error;
  }
}

function goneMeanwhile(): DomainError {
  const message = "The access token was revoked, or its access removed, while the runner was registered.";
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
