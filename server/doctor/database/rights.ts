import { missingTableRights } from "@/db/application-role";
import { type Finding, right, wrong } from "../finding";
import type { InspectedDatabase } from "./inspected-database";

const subject = "database rights";

/** Whether the application has the rights that it needs, on its tables and on those of the jobs. */
export async function rights({ client }: InspectedDatabase): Promise<Finding[]> {
  const { rows } = await client.query<{ missing: string }>(missingJobRights);
  const missing = [...(await missingTableRights(client)), ...rows.map((row) => row.missing)];
  if (missing.length === 0) return [right(subject, "all that the application needs")];
  const some = missing.slice(0, 10).join(", ");
  const more = missing.length > 10 ? ` and ${missing.length - 10} more` : "";
  return [wrong(subject, `missing: ${some}${more}`, "Start an instance with the owner's address, which grants them")];
}

const missingJobRights = `
  select 'usage on schema ' || nspname as missing
  from pg_namespace where nspname in ('drizzle', 'pgboss') and not has_schema_privilege(oid, 'usage')
  union all
  select format('%s on pgboss.%s', "right", c.relname)
  from pg_class c join pg_namespace n on n.oid = c.relnamespace,
    unnest(array['select', 'insert', 'update', 'delete']) as "right"
  where n.nspname = 'pgboss' and c.relkind in ('r', 'p') and not has_table_privilege(c.oid, "right")`;
