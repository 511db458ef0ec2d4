import { randomBytes } from "node:crypto";
import { Client } from "pg";
import { pool } from "@/db/client";
import { refusalActions } from "@/testing/audit";

/** Runs the work on a connection of the database's owner, who has more rights than the application's role. */
export async function asOwner<T>(work: (client: Client) => Promise<T>): Promise<T> {
  const client = new Client({ connectionString: process.env.DATABASE_URL });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

/** Runs the work on a connection of a login that may only connect. */
export async function asStranger<T>(work: (client: Client) => Promise<T>): Promise<T> {
  const name = `stranger_${randomBytes(8).toString("hex")}`;
  return asOwner(async (owner) => {
    await owner.query(`create role ${name} login password 'stranger'`);
    const url = Object.assign(new URL(process.env.DATABASE_URL ?? ""), { username: name, password: "stranger" });
    const client = new Client({ connectionString: url.href });
    try {
      await client.connect();
      return await work(client);
    } finally {
      await client.end();
      await owner.query(`drop role ${name}`);
    }
  });
}

/** Runs the work while the audit log refuses every new event, as if the disk were full. */
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

/** Tables written in the background, at any time: the audit chain, its keys, places, and the counts of failures and of uses. */
const aside = ["unsealed_audit_events", "audit_chain", "data_keys", "leases", "rate_limits", "access_token_uses"];
const withUses = ["access_tokens", "access_token_secrets"];
const withoutUses = "to_jsonb(t) - 'last_used_at' - 'last_used_from'";
const isNoRefusal = (column: string) =>
  `where ${column} not in (${refusalActions.map((action) => `'${action}'`).join(", ")})`;
/** The admins are told of some refusals, in the same background. */
const withoutRefusals: Record<string, string> = {
  audit_events: isNoRefusal("action"),
  notifications: isNoRefusal("type"),
};

/** All rows of all tables as text, except refusals, what is told of them, and uses of tokens. Two results are equal if nothing has changed. */
export async function everyRow(): Promise<Record<string, string[]>> {
  const tables = await pool.query<{ name: string }>(
    "select table_name as name from information_schema.tables where table_schema = 'public' and table_name <> all ($1)",
    [aside],
  );
  const dump: Record<string, string[]> = {};
  for (const { name } of tables.rows) {
    const which = withoutRefusals[name] ?? "";
    const row = withUses.includes(name) ? `(${withoutUses})` : "t";
    const { rows } = await pool.query<{ row: string }>(`select ${row}::text as row from ${name} t ${which} order by 1`);
    dump[name] = rows.map(({ row }) => row);
  }
  return dump;
}
