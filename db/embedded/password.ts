import { randomBytes } from "node:crypto";
import { readFile } from "node:fs/promises";
import { EmbeddedPostgresError, hasCode } from "./error";
import { writeFileSafely } from "./safe-write";

/** The superuser's password: made once, readable by whoever runs the app alone. */
export async function readOrMakePassword(file: string, initialised: boolean): Promise<string> {
  try {
    const kept = (await readFile(file, "utf8")).trim();
    if (kept) return kept;
  } catch (error) {
    if (!hasCode(error, "ENOENT")) throw error;
  }
  if (initialised) {
    throw new EmbeddedPostgresError(
      `The database's password is gone from ${file}, and its data can't be opened without: restore the file from a backup.`,
    );
  }
  const password = randomBytes(24).toString("base64url");
  await writeFileSafely(file, `${password}\n`, 0o600);
  return password;
}
