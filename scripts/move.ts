// `npm run move`: moves everything from the embedded database to the one of DATABASE_URL, which must be empty.
import "@/server/start/env-file";
import { SettingsError } from "@/lib/env";
import { count } from "@/lib/format";
import { type MovedDatabase, moveDatabase } from "@/server/start/move-database";
import { runCommand } from "@/server/start/problem-lines";

const usage = "npm run move takes no arguments: set DATABASE_URL to the address of the PostgreSQL to move to.";

await runCommand(async () => {
  if (process.argv.length > 2) throw new SettingsError([usage]);
  const moved = await moveDatabase(process.env, (table) => print(`Copied ${table}`));
  print(`\n${summaryOf(moved)}\n\nNext:\n${stepsAfter(moved).join("\n")}`);
});

function summaryOf({ tables }: MovedDatabase): string {
  const filled = tables.filter(({ rows }) => rows > 0);
  const all = filled.reduce((sum, { rows }) => sum + rows, 0);
  const lines = filled.map(({ table, rows }) => `  ${table}: ${rows.toLocaleString("en")}`);
  return [`Moved ${count(all, "row")}. These tables are the same in both databases:`, ...lines].join("\n");
}

function stepsAfter({ folder, file, missing }: MovedDatabase): string[] {
  const addresses = process.env.DATABASE_MIGRATION_URL ? "DATABASE_URL and DATABASE_MIGRATION_URL" : "DATABASE_URL";
  const steps = [
    `Keep ${addresses} in the settings of the service.`,
    ...(missing.length > 0
      ? [`Set ${missing.join(" and ")} there, to the values in ${file}. Stored secrets can't be read without them.`]
      : []),
    "Start the service: npm start",
    "Check the audit log: npm run audit:verify",
    `Back up the new database. Then delete ${folder}, which is not opened any more.`,
  ];
  return steps.map((step, index) => `${index + 1}. ${step}`);
}

function print(text: string): void {
  process.stdout.write(`${text}\n`);
}
