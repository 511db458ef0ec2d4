import { createHash } from "node:crypto";
import { LRUCache } from "lru-cache";
import type { Executor } from "@/db/client";
import { type Actor, system } from "@/lib/auth/actor";
import { SealError } from "@/lib/crypto/aes-gcm";
import { type SealedAt, unseal } from "@/lib/crypto/seal";
import { log } from "@/lib/log";
import { recordRefusal } from "./refusals";

/** A damaged value stays damaged: a background job that reads it every hour records it once a day. */
const recorded = new LRUCache<string, true>({ max: 20_000, ttl: 24 * 60 * 60_000 });

/**
 * Opens a stored value for its place. A value that was changed or moved is recorded in its organization's log, and
 * throws a SealError, `conflict`, whose message says what to do. Background jobs omit `asker`.
 */
export async function openSealed(executor: Executor, place: SealedAt, sealed: Buffer, asker?: Actor): Promise<string> {
  try {
    return await unseal(executor, place, sealed);
  } catch (error) {
    if (!(error instanceof SealError)) throw error;
    // A damaged data key was logged already, and without it no event can be recorded.
    if (error.code === "unavailable") throw error;
    log.error({ err: error, ...place }, "a stored value does not open");
    record(place, sealed, asker ?? system);
    throw new SealError(advice[place.table] ?? "This stored value can’t be read. Tell your operator.", {
      cause: error,
    });
  }
}

function record({ organizationId, table, column, rowId }: SealedAt, sealed: Buffer, actor: Actor): void {
  const what = `${table}.${column} ${rowId} ${createHash("sha256").update(sealed).digest("base64url")}`;
  if (recorded.get(what)) return;
  const find = async () => {
    recorded.set(what, true);
    const subject = { id: rowId, name: `${table}.${column}` };
    const owner = { organizationId, groupId: null };
    return [{ actor, owner, subject, detail: { table, column, row_id: rowId } }];
  };
  recordRefusal("sealed_value.refused", what, find, { actor: actor.userId, owner: organizationId });
}

const advice: Record<string, string | undefined> = {
  environments:
    "The values of this access token’s environment variables can’t be read: they were changed outside of this service. Set all of them anew with one .env text, and tell your operator.",
  version_control_accesses:
    "The stored credential of this version control access can’t be read: it was changed outside of this service. Replace its token, and tell your operator.",
  webhooks:
    "The signing secret of this webhook can’t be read: it was changed outside of this service. Remove the webhook, add it again, and tell your operator.",
  runners:
    "The stored token of this runner can’t be read: it was changed outside of this service. Remove the runner at the provider, and tell your operator.",
};
