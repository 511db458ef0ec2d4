import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { expect, onTestFinished, test } from "vitest";
import { readEnvFile } from "./read-env-file";

function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "vehaas-env-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  return folder;
}

function read(content: string | Buffer): Record<string, string | undefined> {
  const file = join(newFolder(), ".env");
  writeFileSync(file, content);
  return readEnvFile(file);
}

const text =
  "# ours\nDATABASE_URL=postgres://db/vehaas\r\nexport PORT = \"80\"\n\nSMTP_FROM='veHaaS <ä@example.com>'\n";
const settings = { DATABASE_URL: "postgres://db/vehaas", PORT: "80", SMTP_FROM: "veHaaS <ä@example.com>" };
const utf16 = Buffer.from(text, "utf16le");

test.each<[string, string | Buffer]>([
  ["UTF-8", text],
  ["UTF-8 with a byte order mark", `\ufeff${text}`],
  ["UTF-16, little end first", Buffer.concat([Buffer.from([0xff, 0xfe]), utf16])],
  ["UTF-16, big end first", Buffer.concat([Buffer.from([0xfe, 0xff]), Buffer.from(utf16).swap16()])],
  ["UTF-16 without a byte order mark", utf16],
  ["UTF-16, big end first, without a byte order mark", Buffer.from(utf16).swap16()],
  ["lines that end as on an old Mac", text.replaceAll(/\r?\n/g, "\r")],
])("is read in %s", (_what, content) => {
  expect(read(content)).toEqual(settings);
});

test("a quoted value may be empty, and followed by a comment", () => {
  expect(read(`A=""\nB='b' # it's "ours"\nC=\`c\`#\n`)).toEqual({ A: "", B: "b", C: "c" });
});

test("a quoted value may span several lines, whatever they contain", () => {
  expect(read('A="one\nB two\n=three"\nC=4\n')).toEqual({ A: "one\nB two\n=three", C: "4" });
});

test.each<[string, string | Buffer, string]>([
  ["a line that is no setting", "PORT=80\nDATABASE_URL postgres://db\n", "has no setting in line 2"],
  ["a name that can't be one", "PORT=80\n\n1PORT=80\n", "has no setting in line 3"],
  ["a quotation mark that is never closed", 'PORT=80\nA="one\nB=2\n', "has a quotation mark in line 2"],
  [
    "a mark that ends another line's value",
    'PORT=80\nA="one\nB=2\nC="3"\n',
    "has a value between quotation marks from line 2",
  ],
  ["text behind a closing mark", "A='x' B=2\n", "more text behind it"],
  ["a quotation mark in a value between them", 'A="x\\"y"\n', "more text behind it"],
  ["a NUL byte", "PORT=80\nA=b\0c\nA=b\n", "has a NUL byte in line 2"],
  ["bytes that are no UTF-8", Buffer.from("PORT=80\nA=\xe4\n", "latin1"), "is not text in UTF-8: line 2"],
  ["half a character of UTF-16", Buffer.from([0xff, 0xfe, 0x41]), "is not text in UTF-16LE"],
])("is refused for %s, with its line", (_what, content, said) => {
  expect(() => read(content)).toThrow(said);
});

test("a missing file is empty, and an unreadable one is refused", () => {
  const folder = newFolder();
  expect(readEnvFile(join(folder, ".env"))).toEqual({});
  mkdirSync(join(folder, "folder"));
  expect(() => readEnvFile(join(folder, "folder"))).toThrow("can't be read (EISDIR)");
  symlinkSync("nowhere", join(folder, "link"));
  expect(() => readEnvFile(join(folder, "link"))).toThrow("can't be read (ENOENT)");
});

function startIn(folder: string, env: Record<string, string> = {}) {
  const module = pathToFileURL("server/start/env-file.ts").href;
  const script = `await import(${JSON.stringify(module)}); process.stdout.write(String(process.env.DATABASE_URL))`;
  const loader = pathToFileURL("node_modules/tsx/dist/loader.mjs").href;
  const args = ["--import", loader, "--input-type=module", "--eval", script];
  const { status, stdout, stderr } = spawnSync(process.execPath, args, {
    cwd: folder,
    encoding: "utf8",
    // tsx finds our path aliases there, whatever the working directory.
    env: { NODE_ENV: "test", PATH: process.env.PATH, TSX_TSCONFIG_PATH: resolve("tsconfig.json"), ...env },
  });
  return { status, stdout, stderr };
}

test("a start reads the file, prefers the environment, and stops with one line on an error", {
  timeout: 60_000,
}, () => {
  const folder = newFolder();
  writeFileSync(join(folder, ".env"), Buffer.concat([Buffer.from([0xff, 0xfe]), utf16]));
  expect(startIn(folder)).toEqual({ status: 0, stdout: "postgres://db/vehaas", stderr: "" });
  expect(startIn(folder, { DATABASE_URL: "postgres://other/x" }).stdout).toBe("postgres://other/x");
  writeFileSync(join(folder, ".env"), "\ufeffDATABASE_URL: postgres://db/vehaas\n");
  const said = "The file .env has no setting in line 1: NAME=value is expected.\n";
  expect(startIn(folder)).toEqual({ status: 1, stdout: "", stderr: said });
});
