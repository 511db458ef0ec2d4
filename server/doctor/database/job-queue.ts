import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { z } from "zod";
import { type Finding, right, warning, wrong } from "../finding";
import type { InspectedDatabase } from "./inspected-database";

const subject = "job queue";
const manifest = z.object({ pgboss: z.object({ schema: z.number() }) });

/** Whether pg-boss's tables are those of the installed version, and whether jobs fail. */
export async function jobQueue({ client }: InspectedDatabase): Promise<Finding[]> {
  const there = await client.query<{ there: boolean }>("select to_regclass('pgboss.version') is not null as there");
  if (!there.rows[0]?.there) {
    return [warning(subject, "its tables are missing", "Start an instance with the owner's address, which makes them")];
  }
  const { rows } = await client.query<{ version: number }>("select version from pgboss.version");
  const [found, expected] = [rows[0]?.version ?? 0, queueVersion()];
  if (found === expected) return [right(subject, `its tables have the version ${found}, as they should`)];
  if (found < expected) {
    return [
      warning(subject, `its tables have the version ${found} instead of ${expected}`, "The next start updates them"),
    ];
  }
  return [
    wrong(subject, `its tables have the version ${found}, of a newer version than this`, "Start the newer version"),
  ];
}

/** The version of pg-boss's tables that the installed package expects. */
export function queueVersion(): number {
  const file = createRequire(import.meta.url).resolve("pg-boss/package.json");
  return manifest.parse(JSON.parse(readFileSync(file, "utf8"))).pgboss.schema;
}
