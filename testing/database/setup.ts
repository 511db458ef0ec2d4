import { afterAll, inject } from "vitest";
import { processWide } from "@/lib/process/process-wide";
import { createDatabase, dropDatabase, newDatabaseName, templateDatabase } from "./database";

// Must be set before any import of db/client, which reads them.
const server = inject("serverUrl");
const name = newDatabaseName();
process.env.DATABASE_URL = await createDatabase(server, name, templateDatabase);
process.env.DATABASE_ROLE = inject("applicationRole");
process.env.AUTH_SECRET = "a secret for tests only, long enough";
process.env.ENCRYPTION_KEYS = `test:${Buffer.alloc(32, 7).toString("base64")}`;
process.env.LOG_LEVEL ??= "silent";

if (process.env.RECORD_STATEMENTS) {
  const { recordStatements } = await import("@/testing/upgrades/record-statements");
  recordStatements(process.env.RECORD_STATEMENTS);
}

afterAll(async () => {
  await processWide.pool?.end();
  await dropDatabase(server, name);
});
