import { randomBytes } from "node:crypto";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { SettingsError } from "@/lib/env";
import { readTextFile } from "@/lib/text-file";

const shape = z.object({ AUTH_SECRET: z.string(), ENCRYPTION_KEYS: z.string() });
type LocalSecrets = z.output<typeof shape>;

/** The embedded database's secrets: generated once, stored next to it, readable only by their owner. */
export async function localSecrets(dataDir: string): Promise<LocalSecrets> {
  const file = join(dataDir, "secrets.json");
  await makeFolder(dataDir);
  const made: LocalSecrets = {
    AUTH_SECRET: randomBytes(33).toString("base64"),
    ENCRYPTION_KEYS: `k1:${randomBytes(32).toString("base64")}`,
  };
  try {
    // Exclusive: of two concurrent first starts one writes, and both read the same file.
    await writeFile(file, `${JSON.stringify(made, null, 2)}\n`, { mode: 0o600, flag: "wx" });
  } catch (error) {
    if (!(error instanceof Error && "code" in error && error.code === "EEXIST")) throw error;
  }
  return read(file);
}

/** Errors must not contain the file's content. */
function read(file: string): LocalSecrets {
  const text = textOf(file);
  const secrets = shape.safeParse(parsed(text));
  if (secrets.success) return secrets.data;
  throw new SettingsError([
    `DATA_DIR has the file ${file}, which does not hold the secrets that the data needs: put it back from a backup.`,
  ]);
}

function textOf(file: string): string {
  try {
    return readTextFile(file);
  } catch (error) {
    throw new SettingsError([`DATA_DIR has the file ${file}, which ${error instanceof Error ? error.message : ""}.`]);
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

async function makeFolder(dataDir: string): Promise<void> {
  try {
    await mkdir(dataDir, { recursive: true });
  } catch (error) {
    throw new SettingsError([`DATA_DIR can't be made: ${error instanceof Error ? error.message : dataDir}`]);
  }
}
