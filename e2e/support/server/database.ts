import { createDatabase, dropDatabase, newDatabaseName } from "@/testing/database/database";

/** An empty database on the run's PostgreSQL server, and the environment of a server that uses it. */
export async function createEmptyDatabase(): Promise<{ env: Record<string, string>; drop: () => Promise<void> }> {
  const serverUrl = process.env.DATABASE_URL ?? "";
  const name = newDatabaseName();
  const env = { DATABASE_URL: await createDatabase(serverUrl, name) };
  return { env, drop: () => dropDatabase(serverUrl, name) };
}
