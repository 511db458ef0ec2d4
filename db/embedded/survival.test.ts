import { spawn } from "node:child_process";
import { once } from "node:events";
import { chown, mkdir, readdir, rename, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { usableBinaries } from "./binaries";
import { findHome } from "./home";
import { stopServer } from "./pg-ctl";
import { emptyFolder, killGroup, query, serverPid, start, startInChild, until, usersOf } from "./test-support";

test("a server whose app was killed or interrupted is joined by the next app", async () => {
  const folder = await emptyFolder();
  for (const signal of ["SIGKILL", "SIGINT"] as const) {
    const { child, url } = startInChild({ folder });
    await query(await url, `create table "${signal}" as select 42 as answer`);
    await killGroup(child, signal);

    const second = await start({ folder });
    expect(second.url).toBe(await url);
    expect(await query(second.url, `select answer from "${signal}"`)).toEqual([[42]]);
    await until(async () => (await usersOf(second.url)).length === 1);
    await second.stop();
    await expect(query(second.url, "select 1")).rejects.toThrow("ECONNREFUSED");
  }
});

test("a killed start is repeated", async () => {
  const folder = await emptyFolder();
  const { child } = startInChild({ folder });
  await until(async () => (await pathsIn(folder)).some((path) => path.endsWith("/pg_wal")));
  await killGroup(child, "SIGKILL");
  expect(await readdir(folder)).not.toContain("data");

  const { url, stop } = await start({ folder });
  expect(await query(url, "select 1")).toEqual([[1]]);
  await stop();
  expect((await readdir(folder)).sort()).toEqual(["data", "lock", "password", "server.conf"]);
});

/** None while a folder in it is being renamed. */
async function pathsIn(folder: string): Promise<string[]> {
  return readdir(folder, { recursive: true }).catch(() => []);
}

test("a killed server's pid file is ignored", async () => {
  const folder = await emptyFolder();
  const data = join(folder, "data");
  const first = await start({ folder });
  await query(first.url, "create table kept as select 42 as answer");
  process.kill(await serverPid(data), "SIGKILL");

  const second = await start({ folder });
  expect(await query(second.url, "select answer from kept")).toEqual([[42]]);
  await first.stop();
  expect(await query(second.url, "select answer from kept")).toEqual([[42]]);
  await second.stop();

  await pretendToRun(data);
  const third = await start({ folder });
  expect(await query(third.url, "select answer from kept")).toEqual([[42]]);
  await third.stop();
});

test("a server that ends by itself is started again for all its users, at the same address", async () => {
  const folder = await emptyFolder();
  const data = join(folder, "data");
  const restarts: string[] = [];
  const [first, second] = [
    await start({ folder, onRestart: () => restarts.push("first") }),
    await start({ folder, onRestart: () => restarts.push("second") }),
  ];
  await query(first.url, "create table kept as select 42 as answer");
  for (let death = 1; death <= 2; death++) {
    process.kill(await serverPid(data), "SIGKILL");
    await until(async () => (await usersOf(second.url).catch(() => [])).length === 2);
    expect(await query(first.url, "select answer from kept")).toEqual([[42]]);
    expect(restarts).toHaveLength(death);
  }
  await first.stop();
  expect(await query(second.url, "select answer from kept")).toEqual([[42]]);
  await second.stop();
  await expect(query(second.url, "select 1")).rejects.toThrow("ECONNREFUSED");
});

test("a server that ends by itself and can't be started again is reported with the reason", async () => {
  const folder = await emptyFolder();
  const data = join(folder, "data");
  let report: (problem: Error) => void = () => {};
  const problem = new Promise<Error>((resolve) => {
    report = resolve;
  });
  const { url, stop } = await start({ folder, onLoss: (lost) => report(lost) });
  const control = join(data, "global", "pg_control");
  await rename(control, `${control}.away`);
  process.kill(await serverPid(data), "SIGKILL");
  expect((await problem).message).toMatch(/^PostgreSQL could not start in .*\n[\s\S]*pg_control/);
  await rename(`${control}.away`, control);
  // Without anybody who ends the process for it, it is tried again.
  await until(async () => (await usersOf(url).catch(() => [])).length === 1);
  await stop();
});

test("a server that can't be started again for the file system's reason is reported, too", async () => {
  const folder = await emptyFolder();
  let report: (problem: Error) => void = () => {};
  const problem = new Promise<Error>((resolve) => {
    report = resolve;
  });
  const { stop } = await start({ folder, onLoss: (lost) => report(lost) });
  // As on a full disk, the file of its settings can't be written.
  const settings = join(folder, "server.conf");
  await rm(settings);
  await mkdir(settings);
  process.kill(await serverPid(join(folder, "data")), "SIGKILL");
  expect((await problem).message).toMatch(/^PostgreSQL ended: EISDIR/);
  await stop();
});

test("a stop does not start a server again that has just ended", async () => {
  const folder = await emptyFolder();
  const { url, stop } = await start({ folder });
  process.kill(await serverPid(join(folder, "data")), "SIGKILL");
  await stop();
  await expect(query(url, "select 1")).rejects.toThrow();
});

test("a server that was killed counts as stopped", async () => {
  const folder = await emptyFolder();
  const { child, url } = startInChild({ folder });
  await url;
  await killGroup(child, "SIGKILL");
  process.kill(await serverPid(join(folder, "data")), "SIGKILL");
  const home = await findHome(folder, folder);
  await stopServer({ home, binaries: await usableBinaries(home), password: "", settings: {} });
});

// As after a container's restart: the file's process id belongs to another program of the same account.
async function pretendToRun(data: string) {
  const { uid, gid } = await stat(data);
  const sleeper = spawn("sleep", ["60"], { uid, gid });
  await once(sleeper, "spawn");
  onTestFinished(() => {
    sleeper.kill();
  });
  const file = join(data, "postmaster.pid");
  await writeFile(file, `${sleeper.pid}\n${data}\n1700000000\n5432\n\n127.0.0.1\n  1  1\nready   \n`, { mode: 0o600 });
  await chown(file, uid, gid);
}
