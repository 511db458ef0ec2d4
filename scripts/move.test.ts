import { execFile } from "node:child_process";
import { chmod, mkdir, mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, inject, onTestFinished, test, vi } from "vitest";
import { startEmbeddedPostgres } from "@/db/embedded/embedded-postgres";
import { contentsOf } from "@/db/move/contents";
import { SessionClient } from "@/db/session/session";
import { tableNames } from "@/db/table-names";
import { readSettings } from "@/lib/env";
import { processWide } from "@/lib/process/process-wide";
import { moveDatabase } from "@/server/start/move-database";
import { emptyDatabase, environmentWith, makeLogin, ownedDatabase, query } from "@/testing/database/logins";

// Each run of a command takes many seconds on a busy machine.
vi.setConfig({ testTimeout: 600_000, hookTimeout: 600_000 });

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

const move = (url: string, env: Record<string, string> = {}) => run("move", { DATABASE_URL: url, ...env });

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

/** Each table of the embedded database, with its rows and their checksum. */
async function embeddedContents() {
  const server = await startEmbeddedPostgres({ folder: join(dataDir, "postgres") });
  try {
    return await allContents(server.url);
  } finally {
    await server.stop();
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
  const refused = (reason: string | RegExp) => ({
    code: 1,
    stdout: "",
    stderr: typeof reason === "string" ? `${reason}\n` : expect.stringMatching(reason),
  });
  const env = { DATA_DIR: dataDir };
  await expect(moveDatabase(env, () => {})).rejects.toMatchObject({
    problems: ["DATABASE_URL is missing: set it to the address of the PostgreSQL to move to."],
  });
  expect(await run("move", {}, "postgres://user:secret@host/name")).toEqual(
    refused("npm run move takes no arguments: set DATABASE_URL to the address of the PostgreSQL to move to."),
  );
  const url = await emptyDatabase();
  const empty = join(folder, "empty");
  await mkdir(empty, { recursive: true });
  await expect(moveDatabase({ DATABASE_URL: url, DATA_DIR: empty }, () => {})).rejects.toMatchObject({
    problems: [`DATA_DIR has no embedded database: ${empty}`],
  });
  const otherKey = `k1:${Buffer.alloc(32, 9).toString("base64")}`;
  expect(await move(url, { ENCRYPTION_KEYS: otherKey })).toEqual(
    refused(/^ENCRYPTION_KEYS has another key as "k1" than the one that stored secrets need\..*\n$/),
  );
  const owner = await ownedDatabase();
  await query(owner.superuser, "revoke create on schema public from public");
  await query(owner.superuser, `alter database ${new URL(owner.superuser).pathname.slice(1)} owner to current_user`);
  expect(await move(owner.url)).toEqual(refused(/^DATABASE_URL's user "\w+" lacks the right CREATE on .*\n$/));
  expect(await query(url, "select from pg_class where relnamespace = 'public'::regnamespace")).toEqual([]);

  const server = await startEmbeddedPostgres({ folder: join(dataDir, "postgres") });
  try {
    expect(await move(url)).toEqual(
      refused(`The database in ${join(dataDir, "postgres")} is in use: stop the service first.`),
    );
  } finally {
    await server.stop();
  }
});

test("a target with rows of its own is left as it is", async () => {
  const url = process.env.DATABASE_URL ?? inject("serverUrl");
  await query(url, "insert into organizations (id, name) values ('org_own', 'Own')");
  expect(await move(url)).toEqual({
    code: 1,
    stdout: "",
    stderr:
      "DATABASE_URL names a database that is not empty: its table organizations has rows. Nothing was changed. Make an empty database, and name that.\n",
  });
  expect(await query(url, "select name from organizations")).toEqual([{ name: "Own" }]);
});

test("a move that fails leaves an empty target, and can be repeated", async () => {
  const url = await emptyDatabase();
  const { migrate } = await import("@/db/migrate");
  await migrate(url);
  // The last table of the schema that has rows.
  await query(url, "alter table audit_chain add constraint broken check (position < 3)");
  const { code, stderr } = await move(url);
  expect({ code, stderr }).toEqual({
    code: 1,
    stderr: expect.stringMatching(/^DATABASE_URL names a database that refuses: .*"broken" \(23514\)\n$/),
  });
  expect(Object.values(await allContents(url))).toEqual(tableNames.map(() => ({ rows: 0, checksum: "0" })));
  const triggers = "select from pg_trigger where tgenabled <> 'O' and not tgisinternal";
  expect(await query(url, triggers)).toEqual([]);
});

test("npm run move copies every row, and the service goes on there with the same secrets", async () => {
  const before = await embeddedContents();
  expect(before).toMatchObject({ access_tokens: { rows: 31 }, environments: { rows: expect.any(Number) } });
  const superuser = await emptyDatabase();
  const owner = await makeLogin(superuser, "createrole");
  await query(superuser, `alter database ${new URL(superuser).pathname.slice(1)} owner to ${owner.name}`);
  await query(superuser, "grant vehaas_application to current_user");
  const service = await makeLogin(superuser);
  const addresses = { DATABASE_URL: service.url, DATABASE_MIGRATION_URL: owner.url };

  const moved = await run("move", addresses);
  expect({ ...moved, stdout: "" }).toEqual({ code: 0, stdout: "", stderr: "" });
  const secrets = join(dataDir, "secrets.json");
  expect(moved.stdout).toContain("  access_tokens: 31\n");
  expect(moved.stdout).toContain(`Set AUTH_SECRET and ENCRYPTION_KEYS there, to the values in ${secrets}.`);
  const stored = JSON.parse(await readFile(secrets, "utf8"));
  for (const secret of [stored.AUTH_SECRET, stored.ENCRYPTION_KEYS, "secret@"])
    expect(moved.stdout).not.toContain(secret);
  expect(await allContents(owner.url)).toEqual(before);

  const settings = { ...addresses, ...stored, DATA_DIR: join(folder, "unused") };
  const verified = await run("verify-audit", settings);
  expect(verified).toMatchObject({ code: 0, stderr: "" });
  expect(verified.stdout).toMatch(/: \d+ events, --head .*\nNothing was altered, removed or inserted\.\n$/);
  for (const statement of [
    "update audit_events set actor_name = 'x'",
    "truncate audit_events",
    "delete from audit_chain",
  ]) {
    await expect(query(owner.url, statement)).rejects.toThrow("is append-only");
    await expect(query(service.url, statement)).rejects.toThrow("permission denied");
  }
  await expect(query(owner.url, "delete from users")).rejects.toThrow("violates foreign key constraint");

  const environment = await environmentWith(settings);
  const { openDatabase } = await import("@/server/start/open-database");
  const database = await openDatabase(readSettings(environment));
  const { startBackground } = await import("@/server/background/background");
  await (await startBackground(database))();
  expect(await rowsIn(owner.url, "pgboss.queue")).toBeGreaterThan(5);

  const again = await run("demo-data", {});
  expect(again).toMatchObject({
    code: 1,
    stdout: "",
    stderr: expect.stringMatching(/was moved to another PostgreSQL/),
  });
  const marker = join(dataDir, "postgres", "moved");
  await rm(marker);
  onTestFinished(() => rm(marker, { force: true }));
  await query(owner.url, "update users set name = name || ' ' where kind = 'person'");
  const changed = await run("move", addresses);
  expect(changed).toMatchObject({
    code: 1,
    stderr: expect.stringMatching(/is not empty: its table \w+ has rows/),
  });
});

test("a move whose end was not noted is completed", async () => {
  const url = await emptyDatabase();
  expect(await move(url)).toMatchObject({ code: 0 });
  await rm(join(dataDir, "postgres", "moved"));
  const again = await move(url);
  expect(again).toMatchObject({ code: 0, stderr: "", stdout: expect.stringContaining("  access_tokens: 31\n") });
  expect(again.stdout).not.toContain("Copied");
});
