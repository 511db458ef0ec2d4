import { readFile, stat } from "node:fs/promises";
import { EmbeddedPostgresError, hasCode } from "./files";

export type Account = { uid: number; gid: number; name: string };

export function isRoot(): boolean {
  return process.getuid?.() === 0;
}

/** The account that runs PostgreSQL instead of root, which it refuses: the data's owner, initially `nobody`. */
export async function accountInPlaceOfRoot(data: string): Promise<Account> {
  const owner = await ownerOf(data);
  if (!owner) return nobody();
  if (owner.uid !== 0) return { ...owner, name: `with the uid ${owner.uid}` };
  throw new EmbeddedPostgresError(
    `PostgreSQL refuses to run as root, to whom the data in ${data} belongs: give it to another account (chown -R nobody ${data}).`,
  );
}

async function ownerOf(path: string) {
  try {
    const { uid, gid } = await stat(path);
    return { uid, gid };
  } catch (error) {
    if (hasCode(error, "ENOENT")) return undefined;
    throw error;
  }
}

async function nobody(): Promise<Account> {
  const line = (await readFile("/etc/passwd", "utf8")).split("\n").find((entry) => entry.startsWith("nobody:"));
  const [name, , uid, gid] = line?.split(":") ?? [];
  if (!name || !uid || !gid) {
    throw new EmbeddedPostgresError(
      'PostgreSQL refuses to run as root, and there is no account "nobody" here to run it: start as another user, or set DATABASE_URL.',
    );
  }
  return { uid: Number(uid) >>> 0, gid: Number(gid) >>> 0, name };
}
