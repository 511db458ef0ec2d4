import { randomBytes } from "node:crypto";
import { chmod, mkdir, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { type Account, accountInPlaceOfRoot, isRoot } from "./account";
import { EmbeddedPostgresError, hasCode } from "./error";
import { exists } from "./exists";
import { canWorkIn } from "./reach";
import { writeFileSafely } from "./safe-write";

/** Where the server's files are, and the account that runs it where that isn't our own. */
export type Home = { path: string; data: string; initialised: boolean; account?: Account };

/**
 * The folder itself, or, where root's stand-in can't work in it, a folder under `elsewhere` whose random name is kept
 * in the folder.
 */
export async function findHome(folder: string, elsewhere: string): Promise<Home> {
  const id = await readId(folder);
  if (id) return existing(join(elsewhere, id), idFile(folder));
  const home = await describe(folder);
  if (!home.account || (await canWorkIn(folder, home.account))) return home;
  if (home.initialised) throw outOfReach(home.data, home.account);
  return makeElsewhere(folder, elsewhere, home.account);
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
