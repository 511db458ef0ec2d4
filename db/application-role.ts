import type { Client } from "pg";

const role = "vehaas_application";

const grants = `
  grant usage on schema public to ${role};
  grant select, insert, update, delete on all tables in schema public to ${role};
  revoke update, delete, truncate on audit_events from ${role};
  revoke update, delete, truncate on audit_chain from ${role};
  revoke update, truncate on unsealed_audit_events from ${role};
  revoke delete, truncate on data_keys from ${role};
`;

/**
 * Makes the role that the application's connections take on: it reads and writes rows, changes no table, and can only
 * add to the audit log. Where the database's user may not create roles, the triggers alone guard the audit log.
 */
export async function applicationRole(client: Client): Promise<string | undefined> {
  if (!(await exists(client)) && !(await attempt(client, `create role ${role} nologin`)) && !(await exists(client))) {
    return undefined;
  }
  const member = await client.query(`select pg_has_role(current_user, '${role}', 'member') as is`);
  if (!member.rows[0].is && !(await attempt(client, `grant ${role} to current_user`))) return undefined;
  return (await attempt(client, grants)) && (await attempt(client, `set role ${role}; reset role`)) ? role : undefined;
}

async function exists(client: Client): Promise<boolean> {
  const found = await client.query("select from pg_roles where rolname = $1", [role]);
  return found.rowCount === 1;
}

/** Roles belong to the whole server, so another database's start may be first, or the right may be missing. */
async function attempt(client: Client, statement: string): Promise<boolean> {
  try {
    await client.query(statement);
    return true;
  } catch (error) {
    if (error instanceof Error && "code" in error && refusals.includes(String(error.code))) return false;
    throw error;
  }
}

const refusals = ["42501", "42710", "23505", "0LP01"];
