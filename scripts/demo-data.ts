// `npm run demo:data`: fills the group "Powertrain" of the embedded demo database with examples.
import "@/server/start/env-file";
import { readSettings, SettingsError } from "@/lib/env";
import { count } from "@/lib/format";
import { processWide } from "@/lib/process/process-wide";
import { openDatabase } from "@/server/start/open-database";
import { runCommand } from "@/server/start/problem-lines";

const refusal = "DATABASE_URL is set: npm run demo:data fills the embedded demo database only.";

await runCommand(fill);

async function fill(): Promise<void> {
  // Before other settings are asked for, and before the database is opened, which migrates it.
  const { DATABASE_URL, DATABASE_URL_FILE } = process.env;
  if (DATABASE_URL || DATABASE_URL_FILE) throw new SettingsError([refusal]);
  const database = await openDatabase(readSettings(process.env));
  try {
    const { fillDemo } = await import("@/server/start/demo-data");
    const { people, tokens } = await fillDemo();
    process.stdout.write(`${summary(people, tokens)}\n`);
  } finally {
    await processWide.pool?.end();
    await database.close();
  }
}

function summary(people: number, tokens: number): string {
  if (people + tokens === 0) return "The group “Powertrain” has the demo data already: nothing was added.";
  return `Added ${count(tokens, "access token")} and ${count(people, "member")} to the group “Powertrain”.`;
}
