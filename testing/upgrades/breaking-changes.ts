import type { Client } from "pg";
import type { SchemaShape } from "./schema-shape";

type Column = SchemaShape["columns"][number];
type Rule = SchemaShape["rules"][number];

/**
 * What an application that knows only the schema `before` could no longer do, read or write after it became `after`, one
 * line each. Triggers and data are not looked at. The client is connected to a database, any one.
 */
export async function breakingChanges(client: Client, before: SchemaShape, after: SchemaShape): Promise<string[]> {
  const tables = new Set(before.columns.map(({ table }) => table));
  const added = after.columns.filter((column) => tables.has(column.table) && !find(before, column));
  const rules = after.rules.filter((rule) => tables.has(rule.table) && !before.rules.some((old) => isSame(old, rule)));
  const ofRules: string[] = [];
  for (const rule of rules) {
    if (await mayRefuse(client, rule, before, added)) ofRules.push(`${rule.table}: new ${rule.kind} ${rule.name}`);
  }
  return [
    ...before.columns.flatMap((column) => changesOf(column, find(after, column))),
    ...added.filter(mustBeGiven).map(({ table, name }) => `${table}.${name} is new, and has no default`),
    ...ofRules,
    ...before.grants.filter((grant) => !after.grants.includes(grant)).map((grant) => `the right ${grant} is gone`),
  ];
}

function find({ columns }: SchemaShape, { table, name }: Column): Column | undefined {
  return columns.find((column) => column.table === table && column.name === name);
}

function changesOf(before: Column, after: Column | undefined): string[] {
  const name = `${before.table}.${before.name}`;
  if (!after) return [`${name} is gone`];
  return [
    ...(after.type === before.type ? [] : [`${name} is ${after.type}, and was ${before.type}`]),
    ...(before.isRequired && !after.isRequired ? [`${name} may be null now`] : []),
    ...(!before.isRequired && after.isRequired ? [`${name} must not be null now`] : []),
    ...(before.default !== null && after.default === null ? [`${name} has no default now`] : []),
    ...(before.isGenerated === after.isGenerated ? [] : [`${name} is generated or not, other than before`]),
  ];
}

function mustBeGiven(column: Column): boolean {
  return column.isRequired && column.default === null && !column.isGenerated;
}

function isSame(one: Rule, other: Rule): boolean {
  return one.table === other.table && one.kind === other.kind && one.text === other.text;
}

/** Whether a rule that is new could refuse a row that an older application writes. */
async function mayRefuse(client: Client, rule: Rule, before: SchemaShape, added: Column[]): Promise<boolean> {
  const own = added.filter(({ table, name }) => table === rule.table && rule.columns.includes(name));
  // Null in a new column satisfies foreign keys, and is unlike any other null.
  if (rule.kind !== "check") return !own.some((column) => !column.isRequired && column.default === null);
  if (before.rules.some((old) => isWidened(old, rule))) return false;
  if (own.length === 0 || own.length < rule.columns.length) return true;
  return !(await holdsForDefaults(client, rule, own));
}

/** Whether the check is an earlier one whose lists of values have grown. */
function isWidened(before: Rule, after: Rule): boolean {
  if (before.table !== after.table || before.name !== after.name || before.kind !== after.kind) return false;
  const list = /ARRAY\[[^\]]*\]/g;
  if (before.text.replace(list, "ARRAY") !== after.text.replace(list, "ARRAY")) return false;
  const listsOf = ({ text }: Rule) => (text.match(list) ?? []).map(valuesOf);
  const [old, grown] = [listsOf(before), listsOf(after)] as const;
  return old.length > 0 && old.every((values, index) => values.every((value) => grown[index]?.includes(value)));
}

function valuesOf(list: string): string[] {
  return list.match(/'(?:[^']|'')*'/g) ?? [];
}

async function holdsForDefaults(client: Client, { text }: Rule, columns: Column[]): Promise<boolean> {
  const row = columns.map((column) => `(${column.default ?? "null"})::${column.type} as "${column.name}"`).join(", ");
  const { rows } = await client.query<{ holds: boolean }>(
    `select coalesce(${text}, true) as holds from (select ${row}) as t`,
  );
  return rows[0]?.holds ?? false;
}
