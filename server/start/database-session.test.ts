import { once } from "node:events";
import { createServer, type Socket } from "node:net";
import { Client } from "pg";
import { expect, inject, onTestFinished, test } from "vitest";
import { SessionClient, type SessionConfig } from "@/db/session/session";
import { createDatabase, dropDatabase, newDatabaseName } from "@/testing/database/database";
import { hostileSettings, setForDatabase, setForRole } from "@/testing/database/hostile-settings";

async function emptyDatabase(): Promise<string> {
  const name = newDatabaseName();
  onTestFinished(() => dropDatabase(inject("serverUrl"), name));
  return createDatabase(inject("serverUrl"), name);
}

async function inSession<T>(config: SessionConfig, work: (client: SessionClient) => Promise<T>): Promise<T> {
  const client = new SessionClient(config);
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

async function settingsOf(config: SessionConfig): Promise<Record<string, string>> {
  return inSession(config, async (client) => {
    const { rows } = await client.query("select name, setting from pg_settings");
    return Object.fromEntries(rows.map(({ name, setting }) => [name, setting]));
  });
}

async function query(url: string, text: string) {
  // Overrides the database's own settings for this connection.
  const client = new Client({ connectionString: url, options: "-c statement_timeout=0" });
  client.on("error", () => {});
  await client.connect();
  try {
    return (await client.query(text)).rows;
  } finally {
    await client.end();
  }
}

test.each(["database", "role"])("a session has our settings, whatever the %s sets", async (what) => {
  const url = await emptyDatabase();
  const before = await settingsOf({ connectionString: url });
  const login = what === "role" ? await setForRole(url, hostileSettings) : await setForDatabase(url, hostileSettings);
  // Without the settings the search path shows that they are hostile.
  expect(await query(login, "show search_path")).toEqual([{ search_path: expect.stringContaining("app") }]);
  const after = await settingsOf({ connectionString: login });
  for (const name of Object.keys(hostileSettings)) {
    expect([name, after[name]]).toEqual([name, before[name]]);
  }
});

test("a commit waits for more than the disk if the operator sets it, and never for less", async () => {
  const url = await emptyDatabase();
  for (const [given, kept] of [
    ["remote_apply", "remote_apply"],
    ["on", "on"],
    ["local", "on"],
    ["remote_write", "on"],
  ] as const) {
    const login = await setForDatabase(url, { synchronous_commit: given });
    expect((await settingsOf({ connectionString: login })).synchronous_commit).toBe(kept);
  }
});

test("a role's read-only default is overridden; a read-only database stays so", async () => {
  const readOnly = { default_transaction_read_only: "on" };
  const byRole = await setForRole(await emptyDatabase(), readOnly);
  expect((await settingsOf({ connectionString: byRole })).default_transaction_read_only).toBe("off");
  const byDatabase = await setForDatabase(await emptyDatabase(), readOnly);
  expect((await settingsOf({ connectionString: byDatabase })).default_transaction_read_only).toBe("on");
});

test("functions of an earlier schema in the search path are not used", async () => {
  const url = await emptyDatabase();
  await query(
    url,
    `create schema app;
     create function app.set_config(text, text, boolean) returns text language sql as $$ select 'taken in' $$;
     create function app.current_setting(text, boolean) returns text language sql as $$ select null::text $$;
     create function app.not_equal(text, text) returns boolean language sql as $$ select false $$;
     create operator app.<> (leftarg = text, rightarg = text, function = app.not_equal)`,
  );
  const login = await setForDatabase(url, { search_path: "app, pg_catalog", timezone: "Asia/Kolkata" });
  const { search_path, TimeZone } = await settingsOf({ connectionString: login });
  expect([search_path, TimeZone]).toEqual(["public, pg_temp", "UTC"]);
});

test("a role that may not be taken on is an error, and leaves no connection", async () => {
  const url = await emptyDatabase();
  const client = new SessionClient({ connectionString: url, role: "there_is_no_such_role" });
  await expect(client.connect()).rejects.toMatchObject({ code: "UNUSABLE_SESSION" });
  const name = new URL(url).pathname.slice(1);
  const connections = () =>
    query(inject("serverUrl"), `select 1 from pg_stat_activity where datname = '${name}'`).then(({ length }) => length);
  await expect.poll(connections, { timeout: 5000 }).toBe(0);
});

test("an invalid certificate is an error, and leaves no connection", async () => {
  const server = createServer((socket) => socket.once("data", () => socket.write("S")));
  server.listen(0, "127.0.0.1");
  onTestFinished(() => void server.close());
  await once(server, "listening");
  const address = server.address();
  const closed = once(server, "connection").then(([socket]: Socket[]) => socket && once(socket.resume(), "close"));
  const port = typeof address === "object" && address ? address.port : 0;
  const client = new SessionClient({ host: "127.0.0.1", port, ssl: { cert: "none", key: "none" } });
  await expect(client.connect()).rejects.toThrow("PEM");
  await closed;
});
