import { existsSync } from "node:fs";
import { join } from "node:path";
import { hasEmbeddedPostgres, startEmbeddedPostgres } from "@/db/embedded/embedded-postgres";
import { readValidSettings, type Settings, SettingsError } from "@/lib/env";
import { localSecrets } from "@/server/start/local-secrets";
import { type InspectedDatabase, inspectDatabase } from "./database/inspected-database";
import type { Inspection } from "./inspection";

type Environment = Record<string, string | undefined>;

/** Opens what the checks look at, while `work` uses it. The environment is complete. */
export async function inspecting<T>(
  env: Environment,
  fileProblems: string[],
  work: (inspection: Inspection) => Promise<T>,
): Promise<T> {
  const problems = [...fileProblems];
  const settings = await withLocalSecrets(readValidSettings(env), problems);
  const opening = isUnusable(env, settings) ? Promise.reject(new SettingsError([notLookedAt])) : open(settings);
  // A check reports the failure.
  opening.catch(() => {});
  try {
    return await work({ env, fileProblems: problems, settings, database: opening.then((opened) => opened?.database) });
  } finally {
    await (await opening.catch(() => undefined))?.close();
  }
}

const notLookedAt = "is not looked at, since DATABASE_URL is invalid, or its file can't be read";

/** Whether the operator has named a database by a setting that is invalid: then it isn't the embedded one. */
function isUnusable(env: Environment, { DATABASE_URL }: Settings): boolean {
  return !DATABASE_URL && Boolean(env.DATABASE_URL?.trim() || env.DATABASE_URL_FILE?.trim());
}

/** Adds those of the embedded database, if it has been made. */
async function withLocalSecrets(settings: Settings, problems: string[]): Promise<Settings> {
  if (settings.DATABASE_URL || !existsSync(join(settings.DATA_DIR, "secrets.json"))) return settings;
  try {
    const { AUTH_SECRET, ENCRYPTION_KEYS } = await localSecrets(settings.DATA_DIR);
    return {
      ...settings,
      AUTH_SECRET: settings.AUTH_SECRET ?? AUTH_SECRET,
      ENCRYPTION_KEYS: settings.ENCRYPTION_KEYS ?? ENCRYPTION_KEYS,
    };
  } catch (error) {
    if (!(error instanceof SettingsError)) throw error;
    problems.push(...error.problems);
    return settings;
  }
}

type Opened = { database: InspectedDatabase; close: () => Promise<void> };

async function open({ DATABASE_URL, DATABASE_MIGRATION_URL, DATA_DIR }: Settings): Promise<Opened | undefined> {
  if (DATABASE_URL) {
    const owner = DATABASE_MIGRATION_URL && { url: DATABASE_MIGRATION_URL, setting: "DATABASE_MIGRATION_URL" as const };
    const database = await inspectDatabase(
      { url: DATABASE_URL, setting: "DATABASE_URL" },
      { isEmbedded: false, owner: owner || undefined },
    );
    return { database, close: database.close };
  }
  const folder = join(DATA_DIR, "postgres");
  if (!(await hasEmbeddedPostgres(folder))) return undefined;
  const server = await startEmbeddedPostgres({ folder });
  try {
    const database = await inspectDatabase({ url: server.url, setting: "DATABASE_URL" }, { isEmbedded: true });
    const close = async () => {
      await database.close();
      await server.stop();
    };
    return { database, close };
  } catch (error) {
    await server.stop();
    throw error;
  }
}
