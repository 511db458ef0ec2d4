import { readSettings } from "@/lib/env";
import { log } from "@/lib/log";
import { processWide } from "@/lib/process/process-wide";
import type { OpenDatabase } from "@/server/start/open-database";
import { checks } from "./checks";
import { inspectDatabase } from "./database/inspected-database";
import { examine } from "./examine";
import type { Finding } from "./finding";

/** Milliseconds for each check. */
const longestCheck = 10_000;

/**
 * Logs what the quick checks find wrong or to be different. For a process that serves already: it fails nothing, and a
 * check that can't be made is left to `npm run doctor`.
 */
export async function logFindings({ isEmbedded }: Pick<OpenDatabase, "isEmbedded">): Promise<void> {
  try {
    for (const { verdict, subject, says, advice } of await findings(isEmbedded)) {
      if (verdict === "right" || processWide.isStopping) continue;
      log[verdict === "wrong" ? "error" : "warn"]({ check: subject, advice }, says);
    }
  } catch (error) {
    if (!processWide.isStopping) log.warn({ err: error }, "the checks of the start could not be made");
  }
}

async function findings(isEmbedded: boolean): Promise<Finding[]> {
  const { DATABASE_URL: url = "", ...settings } = readSettings(process.env);
  const database = await inspectDatabase({ url, setting: "DATABASE_URL" }, { isEmbedded });
  try {
    return await examine(
      checks.filter(({ isAtStart }) => isAtStart),
      {
        env: process.env,
        fileProblems: [],
        // The start has set the address of the embedded one itself.
        settings: { ...settings, ...(!isEmbedded && { DATABASE_URL: url }) },
        database: Promise.resolve(database),
      },
      longestCheck,
    );
  } finally {
    await database.close();
  }
}
