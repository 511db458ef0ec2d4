import { pipeline } from "node:stream/promises";
import { from as copyFrom, to as copyTo } from "pg-copy-streams";
import { SettingsError } from "@/lib/env";
import type { SessionClient } from "../session/session";
import { tableNames } from "../table-names";
import { columnsOf, contentsOf, hasRows } from "./contents";

export type CopiedTable = { table: string; rows: number };

type Options = {
  /** Called after each table was copied. */
  onTable: (table: string) => void;
};

/**
 * Copies all rows of our tables into a database of the same version, in one transaction there, and compares them before
 * the commit. Rows that are there already are accepted if they are all the same; otherwise throws a SettingsError and
 * changes nothing. The target's session is that of its tables' owner. Rows are streamed.
 */
export async function copyTables(
  source: SessionClient,
  target: SessionClient,
  { onTable }: Options,
): Promise<CopiedTable[]> {
  await source.query("begin isolation level repeatable read read only");
  await target.query("begin");
  // Also keeps out an instance that already runs on the target.
  await target.query(`lock table ${tableNames.map(target.escapeIdentifier).join(", ")} in access exclusive mode`);
  const filled = await firstWithRows(target);
  if (!filled) await copyAll(source, target, onTable);
  const copied = await compareAll(source, target, filled);
  await target.query("commit");
  await source.query("commit");
  // Without statistics the first queries would read whole tables.
  for (const table of tableNames) await target.query(`analyze ${target.escapeIdentifier(table)}`);
  return copied;
}

async function firstWithRows(client: SessionClient): Promise<string | undefined> {
  for (const table of tableNames) if (await hasRows(client, table)) return table;
  return undefined;
}

async function copyAll(source: SessionClient, target: SessionClient, onTable: (table: string) => void): Promise<void> {
  const { suspend, resume } = await statementsAround(target);
  for (const statement of suspend) await target.query(statement);
  for (const table of tableNames) {
    const columns = (await columnsOf(source, table)).filter(({ isGenerated }) => !isGenerated);
    const named = `${table} (${columns.map(({ name }) => source.escapeIdentifier(name)).join(", ")})`;
    const rows = source.query(copyTo(`copy ${named} to stdout`));
    await pipeline(rows, target.query(copyFrom(`copy ${named} from stdin`)));
    onTable(table);
  }
  for (const statement of resume) await target.query(statement);
}

/**
 * Foreign keys are added again after the copy, which checks them at once instead of row by row, and in no order of
 * tables. Triggers that fill columns in would replace what was stored.
 */
async function statementsAround(client: SessionClient): Promise<{ suspend: string[]; resume: string[] }> {
  const { rows } = await client.query<{ suspend: string; resume: string }>(
    `with ours as (select format('public.%I', name)::regclass as id from unnest($1::text[]) name)
     select format('alter table %s drop constraint %I', conrelid::regclass, conname) as suspend,
       format('alter table %s add constraint %I %s', conrelid::regclass, conname, pg_get_constraintdef(oid)) as resume
     from pg_catalog.pg_constraint where contype = 'f' and conrelid in (select id from ours)
     union all
     select format('alter table %s disable trigger %I', tgrelid::regclass, tgname),
       format('alter table %s enable trigger %I', tgrelid::regclass, tgname)
     from pg_catalog.pg_trigger
     where tgrelid in (select id from ours) and not tgisinternal and tgenabled = 'O' and tgtype & 4 > 0`,
    [tableNames],
  );
  return { suspend: rows.map(({ suspend }) => suspend), resume: rows.map(({ resume }) => resume) };
}

/** `filled` is a table that had rows before. */
async function compareAll(
  source: SessionClient,
  target: SessionClient,
  filled: string | undefined,
): Promise<CopiedTable[]> {
  const compared: CopiedTable[] = [];
  for (const table of tableNames) {
    const [expected, found] = await Promise.all([contentsOf(source, table), contentsOf(target, table)]);
    if (expected.rows !== found.rows || expected.checksum !== found.checksum) {
      throw filled ? notEmpty(filled) : new Error(`the table ${table} is not the same after it was copied`);
    }
    compared.push({ table, rows: expected.rows });
  }
  return compared;
}

function notEmpty(table: string): SettingsError {
  return new SettingsError([
    `DATABASE_URL names a database that is not empty: its table ${table} has rows. Nothing was changed. Make an empty database, and name that.`,
  ]);
}
