import { randomBytes } from "node:crypto";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { SettingsError } from "@/lib/env";

const shape = z.object({ AUTH_SECRET: z.string(), ENCRYPTION_KEYS: z.string() });
type LocalSecrets = z.output<typeof shape>;

/** The secrets that go with the embedded database: made once, kept beside it, readable by their owner alone. */
export async function localSecrets(dataDir: string): Promise<LocalSecrets> {
  const file = join(dataDir, "secrets.json");
  await makeFolder(dataDir);
  const made: LocalSecrets = {
    AUTH_SECRET: randomBytes(33).toString("base64"),
    ENCRYPTION_KEYS: `k1:${randomBytes(32).toString("base64")}`,
  };
  try {
    // Exclusive: of two first starts at once, one writes and both read the same.
    await writeFile(file, `${JSON.stringify(made, null, 2)}\n`, { mode: 0o600, flag: "wx" });
  } catch (error) {
    if (!(error instanceof Error && "code" in error && error.code === "EEXIST")) throw error;
  }
  return shape.parse(JSON.parse(await readFile(file, "utf8")));
}

async function makeFolder(dataDir: string): Promise<void> {
  try {
    await mkdir(dataDir, { recursive: true });
  } catch (error) {
    throw new SettingsError([`DATA_DIR can't be made: ${error instanceof Error ? error.message : dataDir}`]);
  }
}
