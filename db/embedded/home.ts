import { randomBytes } from "node:crypto";
import { access, chmod, chown, constants, mkdir, readFile, realpath, rm, stat } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { type Account, accountInPlaceOfRoot, isRoot } from "./account";
import { EmbeddedPostgresError, exists, hasCode, makeDraft, removeDraft, writeFileSafely } from "./files";
import { run } from "./run";

/**
 * Whether the account can own and use a folder in this one. Tested by creating one, since permissions, access lists and
 * file systems without owners all matter.
 */
async function canWorkIn(folder: string, account: Account): Promise<boolean> {
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

/** The folder of the server's files, and the account that runs the server if it isn't our own. */
export type Home = { path: string; data: string; initialised: boolean; account?: Account };

/** The folder or, if root's replacement can't use it, one under `elsewhere` whose random name is stored in it. */
export async function findHome(folder: string, elsewhere: string): Promise<Home> {
  const id = await readId(folder);
  if (id) return existing(join(elsewhere, id), idFile(folder));
  const home = await describe(folder);
  if (!home.account || (await canWorkIn(folder, home.account))) return home;
  if (home.initialised) throw outOfReach(home.data, home.account);
  return makeElsewhere(folder, elsewhere, home.account);
}

/** Whether a start would use a server's files that are there, instead of making them. Writes nothing. */
export async function isInitialised(folder: string, elsewhere: string): Promise<boolean> {
  const id = await readId(folder);
  const home = id ? await existing(join(elsewhere, id), idFile(folder)) : await describe(folder);
  return home.initialised;
}

async function describe(path: string): Promise<Home> {
  const data = join(path, "data");
  const account = isRoot() ? await accountInPlaceOfRoot(data) : undefined;
  return { path, data, initialised: await exists(join(data, "PG_VERSION")), account };
}

async function existing(path: string, recordedIn: string): Promise<Home> {
  if (await exists(path)) return describe(path);
  throw new EmbeddedPostgresError(
    `The database was kept in ${path}, which is gone: restore it, or delete ${recordedIn} to begin with an empty database.`,
  );
}

async function makeElsewhere(folder: string, elsewhere: string, account: Account): Promise<Home> {
  const id = randomBytes(16).toString("hex");
  const path = join(elsewhere, id);
  await mkdir(path, { recursive: true });
  for (const made of [elsewhere, path]) await chmod(made, 0o711);
  if (!(await canWorkIn(path, account))) {
    await rm(path, { recursive: true });
    throw new EmbeddedPostgresError(
      `PostgreSQL refuses to run as root, and the account ${account.name} can work neither in ${folder} nor in ${elsewhere}: start as another user, or set DATABASE_URL.`,
    );
  }
  await writeFileSafely(idFile(folder), `${id}\n`, 0o600);
  return describe(path);
}

function outOfReach(data: string, account: Account) {
  return new EmbeddedPostgresError(
    `PostgreSQL refuses to run as root, and the account ${account.name} can't reach the data in ${data}: let it pass through the folders above (chmod o+x), or move the folder back to where it was.`,
  );
}

function idFile(folder: string) {
  return join(folder, "kept-elsewhere");
}

async function readId(folder: string): Promise<string | undefined> {
  try {
    return (await readFile(idFile(folder), "utf8")).trim();
  } catch (error) {
    if (hasCode(error, "ENOENT")) return undefined;
    throw error;
  }
}

/**
 * Creates the folder if missing and returns its real path. For root, the folder and created parents get mode 0711, so
 * that the account that runs PostgreSQL can pass through; existing parents are not changed.
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

// The umask may have removed bits of mkdir's mode.
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
