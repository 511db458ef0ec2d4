import { spawn } from "node:child_process";
import { once } from "node:events";
import { text } from "node:stream/consumers";
import { expect, inject, onTestFinished, test, vi } from "vitest";
import { freePort } from "@/db/embedded/pg-ctl";
import { startDatabaseProxy } from "@/testing/database/database-proxy";
import { waitForDatabase } from "./wait-for-database";

vi.setConfig({ testTimeout: 60_000 });

type Given = Parameters<typeof waitForDatabase>[0];

/** What was said, and the message of the refusal; undefined if the database came. */
async function waitFor(given: Partial<Given>, say = vi.fn<(line: string) => void>()) {
  const all = { DATABASE_URL: undefined, DATABASE_MIGRATION_URL: undefined, DATABASE_WAIT_SECONDS: 1, ...given };
  const refusal = await waitForDatabase(all, say).then(
    () => undefined,
    (error: Error) => error.message,
  );
  return { said: say.mock.calls.map(([line]) => line), refusal };
}

test("a database that is away is waited for, with one line", async () => {
  const database = await startDatabaseProxy(inject("serverUrl"));
  onTestFinished(database.close);
  await database.shut();
  const say = vi.fn<(line: string) => void>();
  const waiting = waitFor({ DATABASE_URL: database.url, DATABASE_WAIT_SECONDS: 600 }, say);
  await vi.waitUntil(() => say.mock.calls.length > 0, 10_000);
  await database.open();
  const { said, refusal } = await waiting;
  expect(refusal).toBeUndefined();
  expect(said).toEqual([
    expect.stringMatching(
      /^DATABASE_URL names a database that can't be used: connect ECONNREFUSED [\d.:]+\. Waiting for it, up to 600 seconds\.$/,
    ),
  ]);
});

test("the database of DATABASE_MIGRATION_URL is waited for, too, and its refusal names the setting", async () => {
  const away = `postgres://user:secret@127.0.0.1:${await freePort()}/name`;
  const { said, refusal } = await waitFor({ DATABASE_URL: inject("serverUrl"), DATABASE_MIGRATION_URL: away });
  expect(said).toHaveLength(1);
  expect(refusal).toMatch(
    /^DATABASE_MIGRATION_URL names a .*ECONNREFUSED.*\. It did not come within a second \(DATABASE_WAIT_SECONDS\)\.$/,
  );
  expect(refusal).not.toContain("secret");
});

test("a socket without a server is waited for", async () => {
  const { said, refusal } = await waitFor({ DATABASE_URL: "postgres://user@/name?host=/nowhere" });
  expect(said).toEqual([expect.stringContaining("ENOENT")]);
  expect(refusal).toContain("DATABASE_WAIT_SECONDS");
});

test("what waiting can't help is refused at once", async () => {
  const wrong = Object.assign(new URL(inject("serverUrl")), { password: "wrong" }).href;
  const { said, refusal } = await waitFor({ DATABASE_URL: wrong, DATABASE_WAIT_SECONDS: 600 });
  expect(said).toEqual([]);
  expect(refusal).toMatch(/password authentication failed/);
  const missing = Object.assign(new URL(inject("serverUrl")), { pathname: "/nowhere" }).href;
  expect((await waitFor({ DATABASE_URL: missing, DATABASE_WAIT_SECONDS: 600 })).refusal).toContain("3D000");
});

test("nothing is waited for with 0 seconds, or with the embedded database", async () => {
  const away = `postgres://user@127.0.0.1:${await freePort()}/name`;
  const nothing = { said: [], refusal: undefined };
  expect(await waitFor({ DATABASE_URL: away, DATABASE_WAIT_SECONDS: 0 })).toEqual(nothing);
  expect(await waitFor({})).toEqual(nothing);
});

async function startWithoutDatabase(seconds: string) {
  const url = `postgres://user@127.0.0.1:${await freePort()}/name`;
  const child = spawn(process.execPath, ["--import", "tsx", "server.ts"], {
    env: { ...process.env, PORT: "0", DATABASE_URL: url, DATABASE_WAIT_SECONDS: seconds },
    stdio: ["ignore", "ignore", "pipe"],
  });
  onTestFinished(() => void child.kill("SIGKILL"));
  return child;
}

test("a start without its database prints the wait and the refusal, and ends with 1", async () => {
  const child = await startWithoutDatabase("1");
  const [printed, [code]] = await Promise.all([text(child.stderr), once(child, "exit")]);
  expect(code).toBe(1);
  expect(printed.trimEnd().split("\n")).toEqual([
    expect.stringMatching(/ECONNREFUSED.* Waiting for it, up to a second/),
    expect.stringMatching(/ECONNREFUSED.* It did not come within a second/),
  ]);
});

// A process without a handler of the signal would end by it, but not as process 1 of a container.
test("a start that waits for its database ends at SIGTERM", async () => {
  const child = await startWithoutDatabase("600");
  const ended = once(child, "exit");
  await once(child.stderr, "data");
  child.kill("SIGTERM");
  expect(await ended).toEqual([0, null]);
});
