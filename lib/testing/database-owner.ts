import { Client } from "pg";
import { pool } from "@/db/client";
import { flushLastUsed } from "@/lib/access-tokens/last-used";

/** Runs the work on a connection of the database's owner, who may do what the application's role may not. */
export async function asOwner<T>(work: (client: Client) => Promise<T>): Promise<T> {
  const client = new Client({ connectionString: process.env.DATABASE_URL });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

/** Runs the work while the audit log refuses every new event, as a full disk would. */
export async function withBrokenAuditLog(work: () => Promise<void>): Promise<void> {
  await asOwner(async (owner) => {
    await owner.query("alter table audit_events add constraint broken check (false) not valid");
    try {
      await work();
    } finally {
      await owner.query("alter table audit_events drop constraint broken");
    }
  });
}

/** All rows of all tables as text, by table. Two of them compare equal where nothing has changed. */
export async function everyRow(): Promise<Record<string, string[]>> {
  // What authentication notes in the background would come between two looks.
  await flushLastUsed();
  const tables = await pool.query<{ name: string }>(
    "select table_name as name from information_schema.tables where table_schema = 'public' order by 1",
  );
  const dump: Record<string, string[]> = {};
  for (const { name } of tables.rows) {
    const { rows } = await pool.query<{ row: string }>(`select t::text as row from ${name} t order by 1`);
    dump[name] = rows.map(({ row }) => row);
  }
  return dump;
}
