import { readFileSync } from "node:fs";
import { Client } from "pg";
import { z } from "zod";
import { withheldRights } from "@/db/application-role";
import { databaseBefore, numberOf } from "./older-database";
import { readShape, type SchemaShape } from "./schema-shape";

const shape = z.object({
  /** The tag of its newest migration. */
  migration: z.string(),
  /** The version of pg-boss's tables. */
  jobQueue: z.number(),
  /** Changes that its instances survive for a reason that the test can't see, with the reason. */
  accepted: z.record(z.string(), z.string()),
});

/** The version whose instances may serve while this version's migrations run (record 0122). */
export const released = shape.parse(JSON.parse(readFileSync("db/released.json", "utf8")));

/** The statements that its domain sends. */
export const releasedStatements = z
  .array(z.string())
  .parse(JSON.parse(readFileSync("db/released-statements.json", "utf8")));

/** A database with the migrations up to this one, and the rights that a release grants to `role`. */
export async function databaseOf(tag: string, role: string): Promise<{ url: string; shape: SchemaShape }> {
  const url = await databaseBefore((await numberOf(tag)) + 1);
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(`grant usage on schema public to ${role}`);
    await client.query(`grant select, insert, update, delete on all tables in schema public to ${role}`);
    for (const [table, rights] of Object.entries(withheldRights)) {
      await client.query(`revoke ${rights.join(", ")} on ${table} from ${role}`);
    }
    return { url, shape: await readShape(client, role) };
  } finally {
    await client.end();
  }
}

/** The statements that PostgreSQL can't plan for the role, or may not run, each with the reason. */
export async function failingStatements(
  client: Client,
  role: string,
  statements: readonly string[],
): Promise<string[]> {
  const failures: string[] = [];
  await client.query(`set role ${role}`);
  for (const statement of statements) {
    try {
      await client.query(`explain (generic_plan) ${statement}`);
    } catch (error) {
      failures.push(`${error instanceof Error ? error.message : ""}: ${statement.slice(0, 200)}`);
    }
  }
  await client.query("reset role");
  return failures;
}
