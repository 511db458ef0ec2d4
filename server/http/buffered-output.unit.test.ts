import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, openSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { bufferedOutput } from "./buffered-output";

function startOutput() {
  const folder = mkdtempSync(join(tmpdir(), "buffered-output-"));
  const file = join(folder, "log");
  const output = bufferedOutput(openSync(file, "w"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  return { output, file };
}

test("lines are written in their order, and without an end after a moment", async () => {
  const { output, file } = startOutput();
  const lines = Array.from({ length: 10_000 }, (_, number) => `line ${number}\n`);
  for (const line of lines) output.write(line);
  await expect.poll(() => readFileSync(file, "utf8")).toBe(lines.join(""));
  output.write("one more\n");
  await expect.poll(() => readFileSync(file, "utf8")).toMatch(/line 9999\none more\n$/);
  await output.end();
});

test("lines that can't be written yet take at most 4 MiB of memory", async () => {
  const { output, file } = startOutput();
  const mebibyte = 1024 * 1024;
  // Nothing is written before the next turn of the event loop.
  for (let lines = 0; lines < 160; lines++) output.write(`${"x".repeat(mebibyte / 16 - 1)}\n`);
  await output.end();
  expect(statSync(file).size).toBeGreaterThan(3 * mebibyte);
  expect(statSync(file).size).toBeLessThan(5 * mebibyte);
});

const optionsFor = (end: string) => {
  const code = `import { bufferedOutput } from "./server/http/buffered-output"; const output = bufferedOutput(); output.write("a line\\n"); ${end}`;
  return ["--import", "tsx", "--input-type=module", "--eval", code];
};

test.each(["process.exit(0)", "throw new Error('a bug')", "// nothing is left to do"])(
  "lines are written before the process ends by %s",
  (end) => {
    expect(spawnSync(process.execPath, optionsFor(end), { encoding: "utf8" }).stdout).toBe("a line\n");
  },
  60_000,
);

/** The exit code of a process that writes to this; without, of one whose lines nobody reads. */
async function exitCode(end: string, file?: string) {
  const stdout = file ? openSync(file, "w") : "pipe";
  const child = spawn(process.execPath, optionsFor(end), { stdio: ["ignore", stdout, "ignore"] });
  onTestFinished(() => void child.kill("SIGKILL"));
  child.stdout?.destroy();
  const [code] = await once(child, "exit");
  return code;
}

const later = "setTimeout(() => { output.write('one more\\n'); process.exit(3); }, 1000)";

test.each(["process.exit(3)", later])(
  "a reader that is gone does not keep the process from ending by %s",
  async (end) => {
    expect(await exitCode(end)).toBe(3);
  },
  60_000,
);

test.skipIf(!existsSync("/dev/full")).each(["process.exit(3)", later])(
  "a full disk neither ends the process nor keeps it from ending by %s",
  async (end) => {
    expect(await exitCode(end, "/dev/full")).toBe(3);
  },
  60_000,
);
