import { access, chmod, constants, mkdir, realpath, stat } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import { isRoot } from "./account";
import { EmbeddedPostgresError, hasCode } from "./error";

/**
 * Makes the folder where it is missing and returns its real path. Started by root it can be passed through by the
 * account that runs PostgreSQL (0711), and so can the folders above that didn't exist before; no other one is changed.
 */
export async function prepareFolder(path: string): Promise<string> {
  const folder = resolve(path);
  const mode = isRoot() ? 0o711 : 0o700;
  const firstMade = await mkdir(folder, { recursive: true, mode });
  if (firstMade) await setModes(folder, firstMade, mode);
  else if (isRoot()) await letThrough(folder);
  await refuseForeign(folder);
  return realpath(folder);
}

// The umask may have taken bits away from what mkdir was told.
async function setModes(folder: string, firstMade: string, mode: number) {
  for (let made = folder; made.length >= firstMade.length; made = dirname(made)) await chmod(made, mode);
}

async function letThrough(folder: string) {
  const { uid, mode } = await stat(folder);
  if (uid === 0) await chmod(folder, (mode & 0o7777) | 0o011);
}

async function refuseForeign(folder: string) {
  try {
    await access(folder, constants.R_OK | constants.W_OK | constants.X_OK);
  } catch (error) {
    if (!hasCode(error, "EACCES", "EROFS")) throw error;
    throw new EmbeddedPostgresError(
      `The database folder ${folder} belongs to another user: start as that user, choose another DATA_DIR, or set DATABASE_URL.`,
    );
  }
}
