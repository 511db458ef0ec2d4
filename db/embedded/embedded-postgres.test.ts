import { existsSync } from "node:fs";
import { chmod, mkdir, readdir, rm, stat, writeFile } from "node:fs/promises";
import { networkInterfaces } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type EmbeddedPostgres, startEmbeddedPostgres } from "./embedded-postgres";
import { emptyFolder, makeFolder, modeOf, query, removeFolder, start } from "./test-support";

const debian = "/usr/lib/postgresql/15";

test("a restarted server has its data, but requires its password", async () => {
  const folder = await emptyFolder();
  const first = await start({ folder });
  await query(first.url, "create table kept as select 42 as answer");
  await first.stop();
  await expect(query(first.url, "select 1")).rejects.toThrow("ECONNREFUSED");

  const second = await start({ folder });
  expect(await query(second.url, "select answer from kept")).toEqual([[42]]);
  await second.stop();
  await second.stop();
  await expect(query(second.url, "select 1")).rejects.toThrow("ECONNREFUSED");

  await rm(join(folder, "password"));
  await expect(start({ folder })).rejects.toThrow("restore the file from a backup");
  expect((await stat(join(folder, "data"))).isDirectory()).toBe(true);
});

describe("a server", () => {
  let folder: string;
  let server: EmbeddedPostgres;

  beforeAll(async () => {
    folder = await makeFolder();
    const settings = { max_connections: "23", search_path: "a, 'b'" };
    server = await startEmbeddedPostgres({ folder, settings });
  });
  afterAll(async () => {
    await server.stop();
    await removeFolder(folder);
  });

  test("accepts only connections from this machine with the password", async () => {
    const { url } = server;
    const { hostname, password, port } = new URL(url);
    expect(hostname).toBe("127.0.0.1");
    await expect(query(url.replace(password, "guess"), "select 1")).rejects.toThrow("password authentication failed");
    expect(await query(url, "select distinct auth_method from pg_hba_file_rules")).toEqual([["scram-sha-256"]]);
    for (const address of otherAddresses()) {
      await expect(query(url.replace(hostname, address), "select 1")).rejects.toThrow("ECONNREFUSED");
    }
    const listening = "select current_setting('unix_socket_directories'), inet_server_port()";
    expect(await query(url, listening)).toEqual([["", Number(port)]]);
  });

  test("keeps its password and data readable only for the owner", async () => {
    expect(await modeOf(join(folder, "password"))).toBe("600");
    expect(await modeOf(join(folder, "data"))).toBe("700");
    expect((await readdir(folder)).sort()).toEqual(["data", "lock", "password", "server.conf"]);
  });

  test("is set up for Unicode, UTC and safety, and accepts settings", async () => {
    const names = ["fsync", "timezone", "server_encoding", "max_connections", "search_path"];
    const settings = names.map((name) => `current_setting('${name}')`).join(", ");
    expect(await query(server.url, `select ${settings}`)).toEqual([["on", "UTC", "UTF8", "23", "a, 'b'"]]);
    expect(await query(server.url, "select lower('ÄΩ'), 'B' < 'a'")).toEqual([["äω", true]]);
  });
});

test.runIf(existsSync(debian))("other binaries work too, but not with data of another major version", async () => {
  const folder = await emptyFolder();
  const { url, stop } = await start({ folder, binaries: debian });
  expect(await query(url, "select current_setting('server_version_num')::int / 10000, lower('Ä')")).toEqual([
    [15, "ä"],
  ]);
  await stop();
  await expect(start({ folder })).rejects.toThrow(/was made by PostgreSQL 15, and this is PostgreSQL 18/);
});

test("an error on an unsupported platform points to DATABASE_URL", async () => {
  const folder = await emptyFolder();
  const binaries = join(folder, "binaries");
  await mkdir(join(binaries, "bin"), { recursive: true });
  await writeFile(join(binaries, "bin", "postgres"), "#!/nowhere/ld-musl\n");
  await chmod(join(binaries, "bin", "postgres"), 0o755);
  await expect(start({ folder, binaries })).rejects.toThrow("set DATABASE_URL");
});

test("a failing initdb is quoted, and leaves nothing behind", async () => {
  const folder = await emptyFolder();
  const binaries = join(folder, "binaries");
  await mkdir(join(binaries, "bin"), { recursive: true });
  await writeProgram(join(binaries, "bin", "postgres"), 'echo "postgres (PostgreSQL) 18.4"');
  await writeProgram(join(binaries, "bin", "initdb"), "echo no space left >&2; exit 1");
  await expect(start({ folder, binaries })).rejects.toThrow("no space left");
  expect((await readdir(folder)).sort()).toEqual(["binaries", "lock", "password"]);
});

function otherAddresses(): string[] {
  const all = Object.values(networkInterfaces()).flatMap((addresses) => addresses ?? []);
  return all.filter(({ internal, family }) => !internal && family === "IPv4").map(({ address }) => address);
}

async function writeProgram(path: string, script: string) {
  await writeFile(path, `#!/bin/sh\n${script}\n`);
  await chmod(path, 0o755);
}
