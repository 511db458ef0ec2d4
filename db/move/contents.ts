import type { SessionClient } from "../session/session";

/** How many rows a table has, and a sum over all of them that does not depend on their order. */
export type Contents = { rows: number; checksum: string };

/** Compares what is stored, generated columns included. The session's settings fix how values are written. */
export async function contentsOf(client: SessionClient, table: string): Promise<Contents> {
  const columns = await columnsOf(client, table);
  const row = `row(${columns.map(({ name }) => client.escapeIdentifier(name)).join(", ")})::text`;
  const hash = `encode(substr(sha256(convert_to(${row}, 'UTF8')), 1, 8), 'hex')`;
  const { rows } = await client.query<{ rows: string; checksum: string }>(
    `select count(*) as rows, coalesce(sum(('x' || ${hash})::bit(64)::bigint::numeric), 0)::text as checksum
     from ${client.escapeIdentifier(table)}`,
  );
  return { rows: Number(rows[0]?.rows), checksum: rows[0]?.checksum ?? "" };
}

export async function hasRows(client: SessionClient, table: string): Promise<boolean> {
  const { rows } = await client.query<{ has: boolean }>(
    `select exists (select from ${client.escapeIdentifier(table)}) as has`,
  );
  return rows[0]?.has ?? false;
}

/** By name, since an older database may have another order. */
export async function columnsOf(client: SessionClient, table: string) {
  const { rows } = await client.query<{ name: string; isGenerated: boolean }>(
    `select attname as name, attgenerated <> '' as "isGenerated" from pg_catalog.pg_attribute
     where attrelid = format('public.%I', $1::text)::regclass and attnum > 0 and not attisdropped order by attname`,
    [table],
  );
  return rows;
}
