import { type Finding, right, wrong } from "../finding";
import type { InspectedDatabase } from "./inspected-database";

const subject = "database extension";

/** Looked for in a database without migrations, too: these need it. */
export async function extension({ client, isMigrated }: InspectedDatabase): Promise<Finding[]> {
  const { rows } = await client.query<{ version: string; isInstalled: boolean }>(
    `select coalesce(installed_version, default_version) as version, installed_version is not null as "isInstalled"
     from pg_available_extensions where name = 'pg_trgm'`,
  );
  const [found] = rows;
  if (found?.isInstalled) return [right(subject, `pg_trgm ${found.version}`)];
  if (found && !isMigrated) return [right(subject, "pg_trgm is there, the first start installs it")];
  return [
    wrong(
      subject,
      "pg_trgm is missing",
      found ? "As the owner: create extension pg_trgm" : "Install PostgreSQL's contrib packages on the server",
    ),
  ];
}
