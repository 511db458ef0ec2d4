import { z } from "zod";
import { versionControlAccesses } from "@/db/schema";
import { lockAccessToken, mutateToken } from "@/lib/access-tokens/find";
import type { Actor } from "@/lib/auth/actor";
import type { ExpectedRevisions } from "@/lib/errors";
import { accessColumns, accessOf, settingsDetail, type VersionControlAccess } from "./access";
import { assertSettings, type RunnerSettings, runUntagged, tagList } from "./providers/runner-settings";
import { findAccess, noAccess, ownAccess, requireAccessRevision } from "./stored-access";

/** Omitted settings stay as they are. */
export const editAccessInput = z.strictObject({
  allowedTags: tagList.optional(),
  runUntagged: runUntagged.optional(),
});

/**
 * Changes the settings for runners registered from now on; existing ones keep theirs. Records nothing if nothing
 * changes. Throws `invalid` on `runUntagged` at GitHub, and `precondition_failed`.
 */
export async function editAccess(
  actor: Actor,
  tokenId: string,
  accessId: string,
  input: z.output<typeof editAccessInput>,
  expected?: ExpectedRevisions,
): Promise<VersionControlAccess> {
  const { providerType } = await findAccess(actor, tokenId, accessId, expected);
  assertSettings(providerType, { runUntagged: input.runUntagged ?? false });
  return mutateToken(actor, tokenId, async (tx, { scope }) => {
    const subject = await lockAccessToken(tx, scope, tokenId);
    await requireAccessRevision(tx, tokenId, accessId, expected);
    const [current] = await tx.select(accessColumns).from(versionControlAccesses).where(ownAccess(tokenId, accessId));
    if (!current) throw noAccess();
    const wanted = { ...settingsOf(current), ...given(input) };
    if (isSame(settingsOf(current), wanted)) return { result: accessOf(current) };
    const [edited] = await tx
      .update(versionControlAccesses)
      .set(wanted)
      .where(ownAccess(tokenId, accessId))
      .returning(accessColumns);
    if (!edited) throw noAccess();
    const detail = { provider_url: edited.providerUrl, ...settingsDetail(wanted) };
    return {
      result: accessOf(edited),
      event: { action: "version_control_access.changed" as const, subject, detail },
    };
  });
}

function settingsOf({ allowedTags, runUntagged }: RunnerSettings): RunnerSettings {
  return { allowedTags, runUntagged };
}

function given({ allowedTags, runUntagged }: Partial<RunnerSettings>): Partial<RunnerSettings> {
  return { ...(allowedTags && { allowedTags }), ...(runUntagged !== undefined && { runUntagged }) };
}

function isSame(one: RunnerSettings, other: RunnerSettings): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}
