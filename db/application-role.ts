import type { ClientBase } from "pg";
import { tableNames } from "./table-names";

const role = "vehaas_application";

export { role as applicationRoleName, withheld as withheldRights };

/** The role or login that gets the application's rights. `missing` says why there is none. */
export type Grantee = { name: string; missing?: undefined } | { name?: undefined; missing: string };

/**
 * Creates the application's role and lets this user `set role` to it. Run it in a transaction, as the tables' owner.
 */
export async function applicationRole(client: ClientBase): Promise<Grantee> {
  const { user, version, exists, may } = await look(client);
  if (!exists && !(await attempt(client, `create role ${role} nologin`))) {
    return { missing: `"${user}" may not make the role ${role}, for which it needs CREATEROLE` };
  }
  // Since PostgreSQL 16 the creator of a role may administer it, but must be granted the right to take it on.
  const grant = `grant ${role} to current_user${version >= 160_000 ? " with inherit false, set true" : ""}`;
  if (!(exists && may) && !(await attempt(client, grant))) {
    return {
      missing: `"${user}" may not grant itself the role ${role}: a superuser can, with: grant ${role} to "${user}"`,
    };
  }
  if (!(await attempt(client, `set local role ${role}`))) {
    return { missing: `"${user}" has the role ${role}, but may not take it on` };
  }
  await client.query("reset role");
  return { name: role };
}

/** Grants access to rows only, and no update or delete in the audit log. */
export async function grantTables(client: ClientBase, grantee: string): Promise<void> {
  await client.query(tables(client.escapeIdentifier(grantee)));
}

/** Grants what pg-boss's tables need. */
export async function grantQueue(client: ClientBase, grantee: string): Promise<void> {
  await client.query(queue(client.escapeIdentifier(grantee)));
}

/** Rights that the application does not need. Without them the audit log is append-only. */
const withheld: Record<string, readonly string[]> = {
  audit_events: ["update", "delete"],
  audit_chain: ["update", "delete"],
  unsealed_audit_events: ["update"],
  data_keys: ["delete"],
};

/** Our tables with the rights that the application needs. */
const needed = tableNames.map((table) => {
  const rights = ["select", "insert", "update", "delete"].filter((right) => !withheld[table]?.includes(right));
  return { table, rights };
});

/** The rights on our tables that the session lacks, such as "insert on leases". */
export async function missingTableRights(client: Pick<ClientBase, "query">): Promise<string[]> {
  const { rows } = await client.query<{ missing: string }>(
    `select "right" || ' on ' || "table" as missing
     from jsonb_to_recordset($1) as needed ("table" text, rights text[]), unnest(rights) as "right"
     where not has_table_privilege(format('public.%I', "table"), "right")`,
    [JSON.stringify(needed)],
  );
  return rows.map(({ missing }) => missing);
}

const tables = (grantee: string) => `
  grant usage on schema public to ${grantee};
  ${needed.map(({ table, rights }) => `grant ${rights.join(", ")} on ${table} to ${grantee};`).join("\n  ")}
  revoke update, delete, truncate on audit_events from ${grantee};
  revoke update, delete, truncate on audit_chain from ${grantee};
  revoke update, truncate on unsealed_audit_events from ${grantee};
  revoke delete, truncate on data_keys from ${grantee};
  grant usage on schema drizzle to ${grantee};
  grant select on drizzle.__drizzle_migrations to ${grantee};
`;

const queue = (grantee: string) => `
  grant usage on schema pgboss to ${grantee};
  grant select, insert, update, delete on all tables in schema pgboss to ${grantee};
  grant usage, select on all sequences in schema pgboss to ${grantee};
  grant execute on all functions in schema pgboss to ${grantee};
`;

async function look(client: ClientBase) {
  const { rows } = await client.query<{ user: string; version: number; exists: boolean }>(
    `select current_user as user, current_setting('server_version_num')::int as version,
       exists (select from pg_roles where rolname = $1) as exists`,
    [role],
  );
  const [found] = rows;
  if (!found) throw new Error("the database does not say who is asking");
  const right = found.version >= 160_000 ? "set" : "member";
  const may = await client.query<{ may: boolean }>(
    "select pg_has_role(oid, $2) as may from pg_roles where rolname = $1",
    [role, right],
  );
  return { ...found, may: may.rows[0]?.may ?? false };
}

/** A concurrent start may create the role first, as roles belong to the server, or the right may be missing. */
async function attempt(client: ClientBase, statement: string): Promise<boolean> {
  await client.query("savepoint attempt");
  try {
    await client.query(statement);
    return true;
  } catch (error) {
    const code = error instanceof Error && "code" in error ? String(error.code) : "";
    if (!taken.includes(code) && !refusals.includes(code)) throw error;
    await client.query("rollback to savepoint attempt");
    return taken.includes(code);
  }
}

/** A concurrent start created it. */
const taken = ["42710", "23505"];
const refusals = ["42501", "0LP01"];
