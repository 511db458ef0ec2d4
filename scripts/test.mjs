// `npm test`: installs what is missing, then runs every check and test, on the pinned Node.
import { readFileSync, rmSync } from "node:fs";
import { run } from "./bootstrap.mjs";
import { findBrowser } from "./browser.mjs";
import { buildIfStale } from "./build.mjs";
import { install } from "./install.mjs";
import { installShells } from "./shells.mjs";

rmSync("test-results", { recursive: true, force: true });
const succeeded = (await install({ development: true })) && (await everything());
console.info(summary(succeeded));
process.exitCode = succeeded ? 0 : 1;

/** Stops at the first failed step, since the later ones depend on it. */
async function everything() {
  // First, since an `npm start` in the same folder would build while the types are checked, and they use what Next writes.
  if (!(await buildIfStale(run))) return false;
  if (!(await run("npm", ["run", "check"]))) return false;
  await installShells();
  if (!(await run("npm", ["run", "test:domain"]))) return false;
  const browser = await findBrowser();
  return run("npm", ["run", "test:e2e"], browser ? { CHROMIUM_PATH: browser } : {});
}

/** The last line of a run. A check that failed outside the tests counts as one failure. */
function summary(succeeded) {
  const parts = [vitest("unit"), vitest("domain"), playwright()];
  const passed = parts.reduce((sum, part) => sum + part.passed, 0);
  const failed = parts.reduce((sum, part) => sum + part.failed, 0);
  return `${passed} passed, ${succeeded ? failed : Math.max(failed, 1)} failed`;
}

function vitest(name) {
  const { numPassedTests: passed = 0, numFailedTests: failed = 0 } = read(name);
  return { passed, failed };
}

function playwright() {
  const { expected = 0, flaky = 0, unexpected = 0 } = read("e2e").stats ?? {};
  return { passed: expected + flaky, failed: unexpected };
}

function read(name) {
  try {
    return JSON.parse(readFileSync(`test-results/${name}.json`, "utf8"));
  } catch {
    return {};
  }
}
