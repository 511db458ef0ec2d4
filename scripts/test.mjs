// `npm test`: installs what is missing, then runs every check there is, on the pinned Node.
import { readFileSync, rmSync } from "node:fs";
import { run } from "./bootstrap.mjs";

const results = "test-results/unit.json";

rmSync(results, { force: true });
const succeeded = await run("npm", ["run", "check"]);
console.info(summary(succeeded));
process.exitCode = succeeded ? 0 : 1;

/** The line that closes a run. A check that failed before or beside the tests counts as a failure of its own. */
function summary(succeeded) {
  const { numPassedTests: passed, numFailedTests: failed } = read();
  return `${passed} passed, ${succeeded ? failed : Math.max(failed, 1)} failed`;
}

function read() {
  try {
    return JSON.parse(readFileSync(results, "utf8"));
  } catch {
    return { numPassedTests: 0, numFailedTests: 0 };
  }
}
