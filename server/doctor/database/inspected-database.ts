import { applicationRoleName } from "@/db/application-role";
import { requireMigrator } from "@/db/migrate";
import { type Address, openSession } from "@/db/session/open-session";
import type { SessionClient } from "@/db/session/session";
import { SettingsError } from "@/lib/env";
import { loginAt, migratesAsAnother } from "@/server/start/service-login";

/** A session set up as those of the pool are, which writes nothing. */
export type InspectedDatabase = {
  client: SessionClient;
  address: Address;
  isEmbedded: boolean;
  /** Whether our tables are there. */
  isMigrated: boolean;
  /** The role that the application's sessions take on, if they have one. */
  role: string | undefined;
  /** Why a start could not make or migrate the tables, a line each; none if it could. */
  problemsOfMigrating: () => Promise<string[]>;
  /** Runs work that uses the session after all work before it, since work may run a transaction. */
  inTurn: <T>(work: () => Promise<T>) => Promise<T>;
  close: () => Promise<void>;
};

/** As the pool's (db/client.ts). */
const longestStatement = 5000;
/** Of a database that has gone silent no more is waited for. */
const lastAnswer = { query_timeout: 2000 };
const session = { application_name: "vehaas-doctor", connectionTimeoutMillis: 5000, longestStatement };

/**
 * Connects as the application does. `owner` is the address of the tables' owner, if it is another. Throws a SettingsError
 * of one line if the database can't be used.
 */
export async function inspectDatabase(
  address: Address,
  { isEmbedded, owner }: { isEmbedded: boolean; owner?: Address | undefined },
): Promise<InspectedDatabase> {
  const first = await openSession(address, session);
  let found: Found;
  try {
    found = await look(first);
  } finally {
    await first.end();
  }
  const login = await loginAt(address);
  const isService = owner !== undefined && (await migratesAsAnother(login, owner));
  // As the start decides (server/start/open-database.ts): only the owner's login takes on the role.
  const role = !isService && found.mayTakeRole && found.ownsJournal ? applicationRoleName : undefined;
  const client = await openSession(address, { ...session, role });
  await client.query("set default_transaction_read_only = on");
  let last: Promise<unknown> = Promise.resolve();
  const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
    const next = last.then(work, work);
    last = next;
    return next;
  };
  const { isMigrated } = found;
  const problemsOfMigrating = () => problemsOfMigratingAt(owner ?? address);
  const close = async () => {
    // A pooler that resets nothing would give the read-only session to an instance.
    await client.query({ text: "reset default_transaction_read_only", ...lastAnswer }).catch(() => {});
    await client.end();
  };
  return { client, address, isEmbedded, isMigrated, role, problemsOfMigrating, inTurn, close };
}

async function problemsOfMigratingAt(address: Address): Promise<string[]> {
  try {
    const client = await openSession(address, session);
    try {
      await requireMigrator(client, address.setting);
    } finally {
      await client.end();
    }
    return [];
  } catch (error) {
    if (error instanceof SettingsError) return error.problems;
    throw error;
  }
}

type Found = { isMigrated: boolean; ownsJournal: boolean; mayTakeRole: boolean };

async function look(client: SessionClient): Promise<Found> {
  const { rows } = await client.query<Found>(
    `select to_regclass('public.audit_events') is not null as "isMigrated",
       coalesce((select pg_has_role(c.relowner, 'usage') from pg_class c join pg_namespace n on n.oid = c.relnamespace
         where n.nspname = 'drizzle' and c.relname = '__drizzle_migrations'), false) as "ownsJournal",
       coalesce((select pg_has_role(oid, case when current_setting('server_version_num')::int >= 160000
           then 'set' else 'member' end) from pg_roles where rolname = $1), false) as "mayTakeRole"`,
    [applicationRoleName],
  );
  return rows[0] ?? { isMigrated: false, ownsJournal: false, mayTakeRole: false };
}
