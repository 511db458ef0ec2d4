import { execFile } from "node:child_process";
import { chmod, mkdir, mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { startEmbeddedPostgres } from "@/db/embedded/embedded-postgres";
import { migrate } from "@/db/migrate";
import { contentsOf } from "@/db/move/contents";
import { SessionClient } from "@/db/session/session";
import { tableNames } from "@/db/table-names";
import { readSettings } from "@/lib/env";
import { processWide } from "@/lib/process/process-wide";
import { emptyDatabase, environmentWith, makeLogin, ownedDatabase, query } from "@/testing/database/logins";

vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

type Ended = { code: number; stdout: string; stderr: string };

const none = { DATABASE_URL: "", DATABASE_MIGRATION_URL: "", DATABASE_ROLE: "", AUTH_SECRET: "", ENCRYPTION_KEYS: "" };

let folder: string;
let dataDir: string;

function run(script: string, env: Record<string, string>, ...options: string[]): Promise<Ended> {
  const call = ["--import", "tsx", `scripts/${script}.ts`, ...options];
  return new Promise((resolve) => {
    const options = { env: { ...process.env, ...none, DATA_DIR: dataDir, LOG_LEVEL: "fatal", ...env } };
    execFile(process.execPath, call, options, (error, stdout, stderr) => {
      resolve({ code: error ? Number(error.code) : 0, stdout, stderr });
    });
  });
}

/** In this process, which is quicker than the command. */
async function moveHere(addresses: Record<string, string>, onTable: (table: string) => void = () => {}) {
  await environmentWith({ ...none, DATA_DIR: dataDir, ...addresses });
  const { moveDatabase } = await import("@/server/start/move-database");
  return moveDatabase({ ...none, DATA_DIR: dataDir, ...addresses }, onTable);
}

/** An embedded database with the demo's organization, tokens, stored secrets and a sealed audit log. */
async function fillEmbedded(): Promise<void> {
  for (const [name, value] of Object.entries(none)) vi.stubEnv(name, value);
  processWide.pool = undefined;
  vi.resetModules();
  const { openDatabase } = await import("@/server/start/open-database");
  const database = await openDatabase(readSettings({ DATA_DIR: dataDir }));
  const { prepareDemo } = await import("@/server/start/demo");
  const { fillDemo } = await import("@/server/start/demo-data");
  const { sealPendingEvents } = await import("@/lib/audit/chain/seal");
  await prepareDemo("a password for the demo");
  await fillDemo();
  await sealPendingEvents();
  const { pool } = await import("@/db/client");
  await pool.end();
  processWide.pool = undefined;
  await database.close();
  vi.unstubAllEnvs();
  vi.resetModules();
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "vehaas-move-"));
  await chmod(folder, 0o711);
  dataDir = join(folder, "data");
  await fillEmbedded();
});

afterAll(() => rm(folder, { recursive: true, force: true, maxRetries: 5 }));

async function allContents(url: string) {
  const client = await new SessionClient({ connectionString: url }).connect();
  try {
    const found: [string, unknown][] = [];
    for (const table of tableNames) found.push([table, await contentsOf(client, table)]);
    return Object.fromEntries(found);
  } finally {
    await client.end();
  }
}

const rowsIn = async (url: string, table: string) =>
  Number((await query(url, `select count(*) from ${table}`))[0]?.count);

test("our tables are all of the schema public, and none has a sequence", async () => {
  const url = process.env.DATABASE_URL ?? "";
  const found = await query(url, "select relname, relkind from pg_class where relnamespace = 'public'::regnamespace");
  const kinds = (kind: string) => found.filter(({ relkind }) => relkind === kind).map(({ relname }) => relname);
  expect(kinds("r").sort()).toEqual([...tableNames].sort());
  expect(kinds("S")).toEqual([]);
});

test("what can't work is refused in one line, and neither database is changed", async () => {
  const refused = (given: Record<string, string>, problem: unknown) =>
    expect(moveHere(given)).rejects.toMatchObject({ problems: [problem] });
  await refused({}, "DATABASE_URL is missing: set it to the address of the PostgreSQL to move to.");
  expect(await run("move", {}, "postgres://user:secret@host/name")).toEqual({
    code: 1,
    stdout: "",
    stderr: "npm run move takes no arguments: set DATABASE_URL to the address of the PostgreSQL to move to.\n",
  });
  const url = await emptyDatabase();
  const empty = join(folder, "empty");
  await mkdir(empty, { recursive: true });
  await refused({ DATABASE_URL: url, DATA_DIR: empty }, `DATA_DIR has no embedded database: ${empty}`);
  const otherKey = `k1:${Buffer.alloc(32, 9).toString("base64")}`;
  await refused(
    { DATABASE_URL: url, ENCRYPTION_KEYS: otherKey },
    expect.stringMatching(/^ENCRYPTION_KEYS has another key as "k1" than the one that stored secrets need\..*$/),
  );
  const owner = await ownedDatabase();
  await query(owner.superuser, "revoke create on schema public from public");
  await query(owner.superuser, `alter database ${new URL(owner.superuser).pathname.slice(1)} owner to current_user`);
  await refused(
    { DATABASE_URL: owner.url },
    expect.stringMatching(/^DATABASE_URL's user "\w+" lacks the right CREATE on .*$/),
  );
  expect(await query(url, "select from pg_class where relnamespace = 'public'::regnamespace")).toEqual([]);
  const full = await emptyDatabase();
  await migrate(full);
  await query(full, "alter table audit_chain add constraint broken check (position < 3)");
  await refused(
    { DATABASE_URL: full },
    expect.stringMatching(/^DATABASE_URL names a database that refuses: .*"broken" \(23514\)$/),
  );
});

test("npm run move copies every row, and the service goes on there with the same secrets", async () => {
  const superuser = await emptyDatabase();
  const owner = await makeLogin(superuser, "createrole");
  await query(superuser, `alter database ${new URL(superuser).pathname.slice(1)} owner to ${owner.name}`);
  await query(superuser, "grant vehaas_application to current_user");
  const service = await makeLogin(superuser);
  const addresses = { DATABASE_URL: service.url, DATABASE_MIGRATION_URL: owner.url };
  const postgres = join(dataDir, "postgres");

  const server = await startEmbeddedPostgres({ folder: postgres });
  const before = await allContents(server.url).finally(async () => {
    // The service may be running.
    await expect(moveHere(addresses)).rejects.toThrow(`The database in ${postgres} is in use: stop the service first.`);
    await server.stop();
  });
  expect(before).toMatchObject({ access_tokens: { rows: 31 }, environments: { rows: expect.any(Number) } });
  const moved = await run("move", addresses);
  expect({ ...moved, stdout: "" }).toEqual({ code: 0, stdout: "", stderr: "" });
  const secrets = join(dataDir, "secrets.json");
  expect(moved.stdout).toContain("  access_tokens: 31\n");
  expect(moved.stdout).toContain(`Set AUTH_SECRET and ENCRYPTION_KEYS there, to the values in ${secrets}.`);
  const stored = JSON.parse(await readFile(secrets, "utf8"));
  for (const secret of [stored.AUTH_SECRET, stored.ENCRYPTION_KEYS, "secret@"])
    expect(moved.stdout).not.toContain(secret);
  expect(await allContents(owner.url)).toEqual(before);
  await expect(startEmbeddedPostgres({ folder: postgres })).rejects.toThrow("was moved to another PostgreSQL");

  // A move whose end was not noted is completed.
  await rm(join(postgres, "moved"));
  const again = await moveHere(addresses, () => expect.unreachable());
  expect(again.tables).toContainEqual({ table: "access_tokens", rows: 31 });
  await expect(startEmbeddedPostgres({ folder: postgres })).rejects.toThrow("was moved to another PostgreSQL");

  for (const statement of [
    "update audit_events set actor_name = 'x'",
    "truncate audit_events",
    "delete from audit_chain",
  ]) {
    await expect(query(owner.url, statement)).rejects.toThrow("is append-only");
    await expect(query(service.url, statement)).rejects.toThrow("permission denied");
  }
  await expect(query(owner.url, "delete from users")).rejects.toThrow("violates foreign key constraint");

  const settings = { ...addresses, ...stored, DATA_DIR: join(folder, "unused") };
  const environment = await environmentWith(settings);
  const { openDatabase } = await import("@/server/start/open-database");
  const database = await openDatabase(readSettings(environment));
  const { verifyAuditLog } = await import("@/lib/audit/chain/verify");
  const findings: string[] = [];
  const verified = await verifyAuditLog([], (organizationId, finding) =>
    findings.push(`${organizationId}, ${finding}`),
  );
  expect({ findings, verified }).toEqual({ findings: [], verified: [expect.objectContaining({ waiting: 0 })] });
  expect(verified[0]?.entries).toBeGreaterThan(30);
  const { startBackground } = await import("@/server/background/background");
  await (await startBackground(database))();
  expect(await rowsIn(owner.url, "pgboss.queue")).toBeGreaterThan(5);
});
