import { randomBytes } from "node:crypto";
import { chmod, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startEmbeddedPostgres } from "@/db/embedded/embedded-postgres";
import { startServer } from "./server/server";

/** One server for the run, started like `npm start`, with its own data. Tests also use its database directly. */
export default async function globalSetup(): Promise<() => Promise<void>> {
  const dataDir = await mkdtemp(join(tmpdir(), "vehaas-e2e-"));
  await chmod(dataDir, 0o711);
  const database = await startEmbeddedPostgres({ folder: join(dataDir, "postgres") });
  const demoPassword = "a password for the demo accounts of tests";
  // Shared by all servers of the run, which use one database, and by the workers, which write to it.
  const shared = {
    AUTH_SECRET: randomBytes(33).toString("base64"),
    ENCRYPTION_KEYS: `test:${randomBytes(32).toString("base64")}`,
    PROVIDER_ALLOWLIST: "127.0.0.1,localhost",
  };
  const server = await startServer({ DATA_DIR: dataDir, DEMO_PASSWORD: demoPassword, ...shared });
  Object.assign(process.env, {
    ...shared,
    E2E_URL: server.url,
    E2E_DEMO_PASSWORD: demoPassword,
    DATABASE_URL: database.url,
  });
  return async () => {
    await server.stop();
    await database.stop();
    await rm(dataDir, { recursive: true, force: true });
  };
}
