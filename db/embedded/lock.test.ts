import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { withLock } from "./sharing";
import { emptyFolder, modeOf } from "./test-support";

const acquire = `const database = new (require("node:sqlite").DatabaseSync)(process.argv[1]);
  database.exec("BEGIN EXCLUSIVE");
  process.stdout.write("acquired\\n");`;

test("one holder at a time has the lock, across calls and processes", async () => {
  const file = join(await emptyFolder(), "lock");
  const events: string[] = [];
  let second: Promise<void> | undefined;
  await withLock(file, async () => {
    second = withLock(file, async () => {
      events.push("second");
    });
    await expect(withLock(`${file}-of-another`, async () => "another")).resolves.toBe("another");
    expect(otherProcessGetsIn(file)).toBe(false);
    events.push("first");
  });
  await second;
  expect(events).toEqual(["first", "second"]);
  expect(otherProcessGetsIn(file)).toBe(true);
  expect(await modeOf(file)).toBe("600");
});

test("an error inside releases the lock", async () => {
  const file = join(await emptyFolder(), "lock");
  await expect(withLock(file, () => Promise.reject(new Error("failed inside")))).rejects.toThrow("failed inside");
  expect(otherProcessGetsIn(file)).toBe(true);
});

test("a killed process releases the lock", async () => {
  const file = join(await emptyFolder(), "lock");
  const holder = await otherProcessInside(file);
  expect(otherProcessGetsIn(file)).toBe(false);
  holder.kill("SIGKILL");
  await expect(withLock(file, async () => "inside")).resolves.toBe("inside");
});

function otherProcessGetsIn(file: string): boolean {
  return spawnSync(process.execPath, ["-e", acquire, file], { encoding: "utf8" }).stdout.includes("acquired");
}

async function otherProcessInside(file: string): Promise<ChildProcess> {
  const script = `${acquire} setInterval(() => {}, 60_000);`;
  const holder = spawn(process.execPath, ["-e", script, file], { stdio: ["ignore", "pipe", "inherit"] });
  onTestFinished(() => {
    holder.kill("SIGKILL");
  });
  await once(holder.stdout, "data");
  return holder;
}
