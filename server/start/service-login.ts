import type { ClientBase, Pool } from "pg";
import { missingTableRights } from "@/db/application-role";
import { type Address, asRefusal, openSession } from "@/db/session/open-session";
import { requireOwnSession } from "@/db/session/pooler";
import { SettingsError } from "@/lib/env";

/** An address's database and user. */
export type Login = { user: string; database: string };

/** Connects like the application. Throws a SettingsError if that fails, or if a pooler would mix sessions. */
export async function loginAt(address: Address): Promise<Login> {
  await requireOwnSession(address);
  const client = await openSession(address);
  try {
    const { rows } = await client.query<Login>(
      `select session_user as user,
         concat_ws(' ', current_database(), (select oid from pg_database where datname = current_database()),
           pg_postmaster_start_time()) as database`,
    );
    if (!rows[0]) throw new Error("the database does not say who is asking");
    return rows[0];
  } finally {
    await client.end();
  }
}

/** Whether migrations use another login. Throws a SettingsError if the addresses lead to different databases. */
export async function migratesAsAnother(login: Login, migration: Address): Promise<boolean> {
  const { user, database } = await loginAt(migration);
  if (database === login.database) return user !== login.user;
  throw new SettingsError(["DATABASE_MIGRATION_URL and DATABASE_URL name different databases."]);
}

/** `isOwner` also if the login may become the owner. */
export type Rights = { current: string; isOwner: boolean; mayChangeLog: boolean };

/** The rights of a session, set up as the application's, on a migrated database. */
export async function readRights(session: Pick<ClientBase, "query">): Promise<Rights | undefined> {
  return (await session.query<Rights>(rights)).rows[0];
}

/**
 * Checks the serving login's rights on the audit log, using the pool. Returns warnings for the operator; none if the
 * login owns nothing. Throws a SettingsError if it lacks a right that the service needs.
 */
export async function weakGuards(role: string | undefined): Promise<string[]> {
  const { pool } = await import("@/db/client");
  try {
    const found = await rightsOf(pool, role);
    if (found.isOwner) return [ownerServes];
    return found.mayChangeLog ? [mayChangeLog] : [];
  } catch (error) {
    await pool.end();
    throw asRefusal(error, "DATABASE_URL");
  }
}

async function rightsOf(pool: Pool, role: string | undefined): Promise<Rights> {
  const found = await readRights(pool);
  if (!found || (role && found.current !== role)) {
    throw new SettingsError([
      `DATABASE_URL: connections don't take on the role ${role}: they act as ${found?.current}.`,
    ]);
  }
  const missing = await missingTableRights(pool);
  if (missing.length === 0) return found;
  throw new SettingsError([
    `DATABASE_URL's user "${found.current}" lacks rights, which a start with DATABASE_MIGRATION_URL grants: ${missing.join(", ")}.`,
  ]);
}

const ownerServes =
  "the service connects as the owner of its tables, or as who may become it, and could undo what guards the audit log: see DATABASE_MIGRATION_URL in docs/operating.md";
const mayChangeLog =
  "the service's database user may change the audit log's tables: revoke update, delete, truncate and trigger on them";

// A schema's owner may drop its contents, and a member of the owner's role may become the owner.
const rights = `
  select current_user as current,
    (select rolsuper from pg_roles where rolname = session_user)
      or pg_has_role(session_user, c.relowner, 'member') or pg_has_role(session_user, n.nspowner, 'member') as "isOwner",
    has_table_privilege(session_user, c.oid, 'update, delete, truncate, trigger') as "mayChangeLog"
  from pg_class c join pg_namespace n on n.oid = c.relnamespace
  where c.oid = 'public.audit_events'::regclass`;
