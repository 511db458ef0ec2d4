import { chmod, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestProject } from "vitest/node";
import { startEmbeddedPostgres } from "@/db/embedded/embedded-postgres";
import { migrate } from "@/db/migrate";
import { createDatabase, templateDatabase } from "./database";

declare module "vitest" {
  interface ProvidedContext {
    serverUrl: string;
    applicationRole: string;
  }
}

/** One PostgreSQL server for the run, with a migrated database as the template of each test file's database. */
export default async function setup({ provide }: TestProject): Promise<() => Promise<void>> {
  const folder = await mkdtemp(join(tmpdir(), "vehaas-test-"));
  await chmod(folder, 0o711);
  const settings = { fsync: "off", synchronous_commit: "off", full_page_writes: "off", max_connections: "200" };
  const server = await startEmbeddedPostgres({ folder: join(folder, "postgres"), settings });
  const { name: role } = await migrate(await createDatabase(server.url, templateDatabase));
  if (!role) throw new Error("the application's database role could not be made");
  provide("serverUrl", server.url);
  provide("applicationRole", role);
  return async () => {
    await server.stop();
    await rm(folder, { recursive: true, force: true });
  };
}
