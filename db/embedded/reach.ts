import { chown, stat } from "node:fs/promises";
import type { Account } from "./account";
import { makeDraft, removeDraft } from "./drafts";
import { hasCode } from "./error";
import { run } from "./run";

/**
 * Whether the account can own and use a folder in this one. Really tried, since permissions, access lists, and file
 * systems that don't know owners all have a say.
 */
export async function canWorkIn(folder: string, account: Account): Promise<boolean> {
  const probe = await makeDraft(folder);
  try {
    await chown(probe, account.uid, account.gid);
    const { uid, mode } = await stat(probe);
    if (uid !== account.uid || (mode & 0o777) !== 0o700) return false;
    return (await run("/bin/sh", ["-c", 'cd "$1" && : >file', "sh", probe], { account })).ok;
  } catch (error) {
    if (hasCode(error, "EPERM", "EACCES", "EINVAL", "ENOTSUP")) return false;
    throw error;
  } finally {
    await removeDraft(probe);
  }
}
