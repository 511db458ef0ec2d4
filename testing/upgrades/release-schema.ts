// `npm run db:release -- <folder>`: makes this version the released one, whose instances the next version's migrations
// must not disturb. The folder has the statements that a run of the domain's tests has recorded:
// `RECORD_STATEMENTS=<folder> npm run test:domain`.
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import journal from "@/db/migrations/meta/_journal.json" with { type: "json" };
import { queueVersion } from "@/server/doctor/database/job-queue";

/** Of tests: ids, and looks at whole rows or at the server. Of pg-boss and migrations: their tables. */
const notOurs =
  /'(?:org|grp|usr|tok|vca|aud|tpl|whk|run|inv)_|::text as row from|information_schema|\bpg_(?:sleep|stat_)|\bpgboss\.|\bdrizzle\.__/;
const anyList = /\((?:\$\d+|default|null)(?:, (?:\$\d+|default|null))*\)/g;
const repeatedRows = /\(…\)(?:, \(…\))+/g;

const [folder, ...others] = process.argv.slice(2);
if (!folder || others.length > 0) throw new Error("Give the folder of recorded statements, and nothing else.");

const recorded = readdirSync(folder).flatMap((file) => readFileSync(join(folder, file), "utf8").split("\n"));
const statements = oneOfEachKind(recorded.filter(Boolean).map((line) => String(JSON.parse(line))));
const released = { migration: journal.entries.at(-1)?.tag, jobQueue: queueVersion(), accepted: {} };

writeFileSync("db/released.json", `${JSON.stringify(released, null, 2)}\n`);
writeFileSync("db/released-statements.json", `${JSON.stringify(statements, null, 2)}\n`);
process.stdout.write(`Released ${released.migration} with ${statements.length} statements.\n`);

/** One of the statements that differ only in the length of lists of parameters, sorted. */
function oneOfEachKind(statements: readonly string[]): string[] {
  const kinds = new Map<string, string>();
  for (const statement of [...statements].sort()) {
    if (notOurs.test(statement)) continue;
    const kind = statement
      .replace(anyList, "(…)")
      .replace(repeatedRows, "(…)")
      .replace(/\$\d+/g, "$")
      .replace(/\s+/g, " ");
    if (!kinds.has(kind)) kinds.set(kind, statement);
  }
  return [...kinds.values()];
}
