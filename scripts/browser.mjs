// Finds a Chromium for the browser tests, or fetches one: what a machine has, what its packages offer, what npm ships.
import { existsSync } from "node:fs";
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

/** The path of a Chromium; undefined where Playwright's own, downloaded here, is to be used. Throws where there is none. */
export async function findBrowser() {
  const found = [process.env.CHROMIUM_PATH, ...installed].find((path) => path && existsSync(path));
  return found ?? (await fromDebian()) ?? (await fromNpm()) ?? (await fromPlaywright());
}

async function fromDebian() {
  const isRoot = process.getuid?.() === 0;
  if (!isRoot || !existsSync("/usr/bin/apt-get")) return undefined;
  const env = { DEBIAN_FRONTEND: "noninteractive" };
  await run("apt-get", ["update", "-qq"], env);
  await run("apt-get", ["install", "-y", "-qq", "--no-install-recommends", "chromium"], env);
  return installed.find((path) => existsSync(path));
}

async function fromNpm() {
  if (process.platform !== "linux" || process.arch !== "x64") return undefined;
  const { default: chromium } = await import("@sparticuz/chromium");
  return chromium.executablePath();
}

async function fromPlaywright() {
  if (await run("npx", ["playwright", "install", "chromium"])) return undefined;
  throw new Error("No Chromium was found. Install one, or name it with CHROMIUM_PATH.");
}
