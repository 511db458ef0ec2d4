import { setTimeout } from "node:timers/promises";
import { type Address, DatabaseAwayError, openSession } from "@/db/session/open-session";
import { type Settings, SettingsError } from "@/lib/env";

type Given = Pick<Settings, "DATABASE_URL" | "DATABASE_MIGRATION_URL" | "DATABASE_WAIT_SECONDS">;

const pause = 1000;
const longestAttempt = 5000;

/**
 * Waits for the operator's database if it is away, as during a failover or while it starts. Says so with one line.
 * Throws a SettingsError if it does not come in time, and at once for what waiting can't help, such as a wrong password.
 */
export async function waitForDatabase(given: Given, say: (line: string) => void): Promise<void> {
  const { DATABASE_URL, DATABASE_MIGRATION_URL, DATABASE_WAIT_SECONDS: seconds } = given;
  if (seconds === 0) return;
  const end = performance.now() + seconds * 1000;
  let hasSaid = false;
  const addresses: Address[] = [
    ...(DATABASE_URL ? [{ url: DATABASE_URL, setting: "DATABASE_URL" as const }] : []),
    ...(DATABASE_MIGRATION_URL ? [{ url: DATABASE_MIGRATION_URL, setting: "DATABASE_MIGRATION_URL" as const }] : []),
  ];
  for (const address of addresses) {
    for (;;) {
      const problem = await problemAt(address);
      if (problem === undefined) break;
      if (!hasSaid) say(`${problem} Waiting for it, up to ${inWords(seconds)}.`);
      hasSaid = true;
      if (performance.now() > end) {
        throw new SettingsError([`${problem} It did not come within ${inWords(seconds)} (DATABASE_WAIT_SECONDS).`]);
      }
      await setTimeout(pause);
    }
  }
}

/** One sentence if the database is away. */
async function problemAt(address: Address): Promise<string | undefined> {
  try {
    await (await openSession(address, { connectionTimeoutMillis: longestAttempt })).end();
    return undefined;
  } catch (error) {
    if (!(error instanceof DatabaseAwayError)) throw error;
    return error.message.replace(/\.?$/, ".");
  }
}

function inWords(seconds: number): string {
  return seconds === 1 ? "a second" : `${seconds} seconds`;
}
