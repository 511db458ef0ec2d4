import { Client } from "pg";
import { expect, inject, onTestFinished, test, vi } from "vitest";
import { prepareJobQueue } from "@/server/background/job-queue";
import { migrateDatabase } from "@/server/start/open-database";
import { startDatabaseProxy } from "@/testing/database/database-proxy";
import { emptyDatabase, makeLogin, ownedDatabase, query } from "@/testing/database/logins";
import { startBareServer, startOwnServer } from "@/testing/database/own-server";
import { isPgBouncerHere, startPgBouncer } from "@/testing/database/pgbouncer";
import { findingsWith, settingsOfTest } from "@/testing/doctor/findings";
import { clock } from "./clock";
import { inspectDatabase } from "./inspected-database";
import { sessionSettings } from "./session-settings";

vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

const subjects = [
  "database connection",
  "database login",
  "database rights",
  "database session",
  "database extension",
  "database replication",
  "database connections",
  "database migrations",
  "clock",
  "job queue",
];

/** A migrated database with a queue, whose owner is another login than the service's. */
async function twoLogins() {
  const owner = await ownedDatabase();
  const service = await makeLogin(owner.url);
  await migrateDatabase(owner.url, process.env.ENCRYPTION_KEYS, { service: service.name });
  await prepareJobQueue({ url: owner.url, setting: "DATABASE_MIGRATION_URL" }, service.name, []);
  const env = settingsOfTest({ DATABASE_URL: service.url, DATABASE_MIGRATION_URL: owner.url });
  return { owner, service, find: () => findingsWith(env, subjects) };
}

function inspect() {
  return inspectDatabase({ url: process.env.DATABASE_URL ?? "", setting: "DATABASE_URL" }, { isEmbedded: false });
}

async function inspected() {
  const database = await inspect();
  onTestFinished(database.close);
  return database;
}

test("all is right with a login that owns nothing, and each fault is found beside the others", async () => {
  const { owner, service, find } = await twoLogins();
  const found = await find();
  expect(found.map(({ subject }) => subject)).toEqual(
    subjects.toSorted(
      (a, b) => found.findIndex((one) => one.subject === a) - found.findIndex((one) => one.subject === b),
    ),
  );
  expect(found.filter(({ verdict }) => verdict !== "right")).toEqual([]);
  expect(found.find(({ subject }) => subject === "database login")?.says).toBe(
    `connects and acts as "${service.name}"`,
  );

  await query(
    owner.url,
    `revoke insert on leases from ${service.name}; revoke all on pgboss.queue from ${service.name}`,
  );
  await query(owner.superuser, "drop extension pg_trgm cascade");
  await query(owner.url, "update pgboss.version set version = version - 1");
  await query(
    owner.url,
    "delete from drizzle.__drizzle_migrations where id = (select max(id) from drizzle.__drizzle_migrations)",
  );
  await query(
    owner.superuser,
    `grant ${owner.name} to ${service.name}; alter role ${service.name} connection limit 30`,
  );
  expect((await find()).filter(({ verdict }) => verdict !== "right")).toEqual([
    expect.objectContaining({
      verdict: "warning",
      subject: "database login",
      says: expect.stringContaining("owns the tables"),
    }),
    expect.objectContaining({ verdict: "wrong", subject: "database extension", says: "pg_trgm is missing" }),
    expect.objectContaining({
      verdict: "warning",
      subject: "database connections",
      says: expect.stringMatching(/^30 are possible, an instance needs up to 24, .* too few for a second/),
    }),
    expect.objectContaining({
      verdict: "warning",
      subject: "database migrations",
      says: expect.stringMatching(/^not applied yet: 1 migration /),
    }),
    expect.objectContaining({ verdict: "warning", subject: "job queue", advice: "The next start updates them" }),
  ]);

  await query(
    owner.superuser,
    `revoke ${owner.name} from ${service.name}; alter role ${service.name} connection limit 20`,
  );
  await query(owner.url, "update pgboss.version set version = 1000");
  await query(owner.url, "insert into drizzle.__drizzle_migrations (hash, created_at) values ('newer', 9796065805138)");
  expect((await find()).filter(({ verdict }) => verdict !== "right")).toEqual([
    expect.objectContaining({
      verdict: "wrong",
      subject: "database rights",
      says: "missing: insert on leases, select on pgboss.queue, insert on pgboss.queue, update on pgboss.queue, delete on pgboss.queue",
    }),
    expect.objectContaining({ verdict: "wrong", subject: "database extension" }),
    expect.objectContaining({
      verdict: "wrong",
      subject: "database connections",
      says: expect.stringMatching(/^20 are possible/),
    }),
    expect.objectContaining({
      verdict: "warning",
      subject: "database migrations",
      says: "the database has 1 migration of a newer version",
    }),
    expect.objectContaining({
      verdict: "wrong",
      subject: "job queue",
      says: expect.stringContaining("of a newer version"),
    }),
  ]);
});

test("a database that only a newer version can serve is found", async () => {
  const { owner, find } = await twoLogins();
  await query(owner.url, "comment on table drizzle.__drizzle_migrations is 'oldest schema that may serve: 1000'");
  expect((await find()).filter(({ verdict }) => verdict !== "right")).toMatchObject([
    { verdict: "wrong", subject: "database migrations", says: expect.stringContaining("(schema 1000)") },
  ]);
});

test("a superuser's login is warned of, although sessions act as the application's role", async () => {
  const [found] = await findingsWith(settingsOfTest(), ["database login"]);
  expect(found).toMatchObject({
    verdict: "warning",
    says: 'connects as "postgres", and acts as "vehaas_application". "postgres" is a superuser, who may do anything',
  });
});

test("a database that can't be used is one line, and hides no other check", async () => {
  const away = Object.assign(new URL(inject("serverUrl")), { port: "1", password: "hidden-word" }).href;
  const found = await findingsWith(settingsOfTest({ DATABASE_URL: away }));
  expect(found.filter(({ verdict }) => verdict === "wrong")).toMatchObject([
    {
      subject: "database connection",
      says: expect.stringMatching(/^DATABASE_URL names a database that can't be used: .*ECONNREFUSED/),
    },
  ]);
  expect(found.map(({ subject }) => subject)).toEqual(
    expect.arrayContaining(["settings", "mail server", "identity provider"]),
  );
  expect(JSON.stringify(found)).not.toContain("hidden-word");
});

test("addresses of two databases are found", async () => {
  const env = settingsOfTest({ DATABASE_MIGRATION_URL: await emptyDatabase() });
  expect(await findingsWith(env, subjects)).toMatchObject([
    { verdict: "wrong", says: "DATABASE_MIGRATION_URL and DATABASE_URL name different databases." },
  ]);
});

test("an empty database is right, and nothing is written to it", async () => {
  const url = await emptyDatabase();
  const found = await findingsWith(settingsOfTest({ DATABASE_URL: url }), subjects);
  expect(found.filter(({ verdict }) => verdict !== "right")).toEqual([]);
  expect(found.find(({ subject }) => subject === "database migrations")?.says).toMatch(/^our tables are not there yet/);
  expect(await query(url, "select relname from pg_class where relnamespace = 'public'::regnamespace")).toEqual([]);
});

test("a login that may not make the tables, or migrate those that are there, is found", async () => {
  const url = await emptyDatabase();
  const login = await makeLogin(url);
  const find = (differing = {}) =>
    findingsWith(settingsOfTest({ DATABASE_URL: login.url, ...differing }), ["database migrations"]);
  expect(await find()).toMatchObject([
    { verdict: "wrong", says: expect.stringMatching(/DATABASE_URL's user "[^"]+" lacks the right CREATE on/) },
  ]);
  expect(await find({ DATABASE_MIGRATION_URL: url })).toMatchObject([{ verdict: "right" }]);

  const { owner, service } = await twoLogins();
  await query(
    owner.url,
    "delete from drizzle.__drizzle_migrations where id = (select max(id) from drizzle.__drizzle_migrations)",
  );
  const pending = (differing = {}) =>
    findingsWith(settingsOfTest({ DATABASE_URL: service.url, ...differing }), ["database migrations"]);
  expect(await pending()).toMatchObject([
    { verdict: "wrong", says: expect.stringContaining("set DATABASE_MIGRATION_URL to their owner's address") },
  ]);
  expect(await pending({ DATABASE_MIGRATION_URL: owner.url })).toMatchObject([{ verdict: "warning" }]);
});

test("a login without any right on the tables is found by name of what it lacks", async () => {
  const { owner } = await twoLogins();
  const stranger = await makeLogin(owner.url);
  const found = await findingsWith(settingsOfTest({ DATABASE_URL: stranger.url }), [...subjects, "encryption keys"]);
  expect(found.filter(({ verdict }) => verdict === "wrong")).toEqual([
    expect.objectContaining({ subject: "database rights", says: expect.stringMatching(/^missing: .* and \d+ more$/) }),
    ...["database migrations", "job queue", "encryption keys"].map((subject) =>
      expect.objectContaining({
        subject,
        says: expect.stringMatching(/^DATABASE_URL's user lacks a right: permission denied for .*\(42501\)$/),
      }),
    ),
  ]);
});

test("settings that a session lacks are named", async () => {
  const database = await inspected();
  expect(await sessionSettings(database)).toMatchObject([{ verdict: "right" }]);
  await database.client.query(
    "set statement_timeout = 0; set timezone = 'Asia/Kolkata'; set synchronous_commit = off; set client_connection_check_interval = 0; reset role",
  );
  expect(await sessionSettings(database)).toMatchObject([
    { verdict: "wrong", says: 'acts as "postgres" instead of "vehaas_application"' },
    {
      verdict: "wrong",
      says: "not in effect: timezone is Asia/Kolkata, statement_timeout is 0, synchronous_commit is off",
    },
    { verdict: "warning", says: expect.stringMatching(/^client_connection_check_interval is 0/) },
  ]);
});

test.runIf(isPgBouncerHere)("a pooler in transaction mode is found, and one in session mode is right", async () => {
  const url = await emptyDatabase();
  const mixing = await startPgBouncer(url, { pool_mode: "transaction" });
  expect(await findingsWith(settingsOfTest({ DATABASE_URL: mixing }), ["database connection"])).toMatchObject([
    { verdict: "wrong", says: expect.stringContaining("a pooler in transaction mode") },
  ]);
  const keeping = await startPgBouncer(url, {});
  const found = await findingsWith(settingsOfTest({ DATABASE_URL: keeping }), [
    "database connection",
    "database session",
  ]);
  expect(found.map(({ verdict }) => verdict)).toEqual(["right", "right"]);
});

test("the session only reads, and leaves no such session to a pooler that resets nothing", async () => {
  const { client, close } = await inspect();
  const mode = async () => (await client.query("show default_transaction_read_only")).rows[0];
  expect(await mode()).toEqual({ default_transaction_read_only: "on" });
  const modes: unknown[] = [];
  const end: () => Promise<void> = client.end.bind(client);
  vi.spyOn(client, "end").mockImplementation(async () => {
    modes.push(await mode());
    await end();
  });
  await close();
  expect(modes).toEqual([{ default_transaction_read_only: "off" }]);
});

test.each(["a statement waits", "nothing waits"])("the session of a silent database ends, if %s", async (what) => {
  const proxy = await startDatabaseProxy(process.env.DATABASE_URL ?? "");
  onTestFinished(proxy.close);
  const { client, close } = await inspectDatabase({ url: proxy.url, setting: "DATABASE_URL" }, { isEmbedded: false });
  proxy.hold();
  if (what === "a statement waits") client.query("select 1").catch(() => {});
  await close();
});

test("a clock that differs is found", async () => {
  const database = await inspected();
  const differing = (seconds: number) => clock(database, () => Date.now() + seconds * 1000);
  expect(await differing(0)).toMatchObject([{ verdict: "right" }]);
  expect(await differing(-30)).toMatchObject([
    { verdict: "warning", says: expect.stringMatching(/by (29|30)\.\d seconds/) },
  ]);
  expect(await differing(3600)).toMatchObject([{ verdict: "wrong" }]);
});

test("a synchronous standby that is missing is found, and so is a server with too few connections", async () => {
  const server = await startOwnServer();
  onTestFinished(async () => {
    vi.unstubAllEnvs();
    await server.stop();
  });
  const find = async (subject: string, differing = {}) =>
    (await findingsWith(settingsOfTest({ DATABASE_URL: server.url, ...differing }), [subject]))[0];
  expect(await find("database replication")).toMatchObject({ verdict: "right", says: "there is no standby" });
  const client = new Client({ connectionString: server.url });
  await client.connect();
  try {
    await client.query("alter system set synchronous_standby_names = 'away'");
    await client.query("select pg_reload_conf()");
    await expect
      .poll(() => find("database replication"), { timeout: 60_000 })
      .toMatchObject({ verdict: "wrong", says: expect.stringContaining('"away", but no standby is connected') });
  } finally {
    await client.end();
  }
  expect(await find("database connections", { DATABASE_POOL_SIZE: "60" })).toMatchObject({ verdict: "wrong" });
  expect(await find("database connections", { DATABASE_POOL_SIZE: "10" })).toMatchObject({ verdict: "right" });
});

test("a logical subscriber is not taken for a standby", async () => {
  const server = await startBareServer({ settings: { wal_level: "logical" } });
  onTestFinished(server.stop);
  const subscriber = new Client(Object.assign({ connectionString: server.url }, { replication: "database" }));
  await subscriber.connect();
  onTestFinished(() => subscriber.end());
  await subscriber.query("CREATE_REPLICATION_SLOT subscriber LOGICAL pgoutput");
  // Ends with the connection.
  subscriber
    .query("START_REPLICATION SLOT subscriber LOGICAL 0/0 (proto_version '1', publication_names 'none')")
    .catch(() => {});
  const connected = () => query(server.url, "select count(*)::int from pg_stat_replication where state = 'streaming'");
  await expect.poll(connected, { timeout: 60_000 }).toEqual([{ count: 1 }]);
  expect(await findingsWith({ ...settingsOfTest(), DATABASE_URL: server.url }, ["database replication"])).toMatchObject(
    [{ verdict: "right", says: "there is no standby" }],
  );
});
