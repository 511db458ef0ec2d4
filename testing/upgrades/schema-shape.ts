import type { Client } from "pg";

type Column = {
  table: string;
  name: string;
  type: string;
  isRequired: boolean;
  default: string | null;
  isGenerated: boolean;
};
/** `columns` are those that it reads, as far as PostgreSQL knows them. */
type Rule = {
  table: string;
  name: string;
  kind: "check" | "foreign key" | "unique index";
  text: string;
  columns: string[];
};

/** What an application's statements rely on, and what they must satisfy. */
export type SchemaShape = { columns: Column[]; rules: Rule[]; grants: string[] };

/** Reads the shape of the tables in the schema `public`, and what `role` may do with them. */
export async function readShape(client: Client, role: string): Promise<SchemaShape> {
  const columns = await client.query<Column>(readColumns);
  const rules = await client.query<Rule>(readRules);
  const grants = await client.query<{ text: string }>(readGrants, [role]);
  return { columns: columns.rows, rules: rules.rows, grants: grants.rows.map(({ text }) => text) };
}

const tables = "c.relnamespace = 'public'::regnamespace and c.relkind = 'r'";

const readColumns = `
  select c.relname as "table", a.attname as name, format_type(a.atttypid, a.atttypmod) as type,
    a.attnotnull as "isRequired", pg_get_expr(d.adbin, d.adrelid) as default,
    a.attgenerated <> '' or a.attidentity <> '' as "isGenerated"
  from pg_class c join pg_attribute a on a.attrelid = c.oid
    left join pg_attrdef d on d.adrelid = c.oid and d.adnum = a.attnum
  where ${tables} and a.attnum > 0 and not a.attisdropped
  order by 1, 2`;

const readRules = `
  select c.relname as "table", k.conname as name, case k.contype when 'c' then 'check' else 'foreign key' end as kind,
    case k.contype when 'c' then pg_get_expr(k.conbin, k.conrelid) else pg_get_constraintdef(k.oid) end as text,
    array(select a.attname::text from pg_attribute a where a.attrelid = c.oid and a.attnum = any (k.conkey)) as columns
  from pg_constraint k join pg_class c on c.oid = k.conrelid
  where ${tables} and k.contype in ('c', 'f')
  union all
  select c.relname, i.relname, 'unique index',
    regexp_replace(pg_get_indexdef(x.indexrelid), '^CREATE UNIQUE INDEX .* ON ', ''),
    array(select a.attname::text from pg_attribute a where a.attrelid = c.oid and a.attnum = any (x.indkey))
  from pg_index x join pg_class c on c.oid = x.indrelid join pg_class i on i.oid = x.indexrelid
  where ${tables} and x.indisunique
  order by 1, 2`;

const readGrants = `
  select lower(acl.privilege_type) || ' on ' || c.relname as text
  from pg_class c, aclexplode(c.relacl) acl
  where ${tables} and acl.grantee = $1::regrole
  order by 1`;
