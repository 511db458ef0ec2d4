// `npm run advisories`: fails if the registry knows an advisory of high or critical severity for a locked package.
// The check also runs without a registry, so it only warns if the registry can't be reached.
import { spawn } from "node:child_process";

const severe = ["high", "critical"];
// Without these options, NODE_ENV or npm's settings can leave packages out, and npm reports nothing when offline.
const whole = ["--include=dev", "--include=optional", "--include=peer", "--offline=false"];

const answer = parse(await output("npm", ["audit", "--json", "--package-lock-only", ...whole]));
const known = Object.values(answer?.vulnerabilities ?? {}).flatMap(({ via }) => via);
// For a package that only depends on an affected one, `via` has that one's name instead of the advisory.
const found = known.filter((one) => typeof one === "object" && severe.includes(one.severity));

if (!answer?.vulnerabilities) {
  // npm's own message contains the registry's URL.
  const reason = answer?.statusCode ?? answer?.error?.code ?? "no answer";
  console.warn(`advisories: the registry could not be asked (${reason}), so no package was checked.`);
} else if (found.length === 0) {
  console.info("advisories: none of high severity is known against the packages of the lock file.");
} else {
  for (const { name, range, severity, title, url } of found) {
    console.error(`advisories: ${name} ${range} has one of ${severity} severity: ${title} (${url})`);
  }
  process.exitCode = 1;
}

function parse(text) {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** The command's standard output, whatever its exit code. */
function output(command, args) {
  return new Promise((resolve) => {
    const child = spawn(command, args, {
      stdio: ["ignore", "pipe", "ignore"],
      shell: process.platform === "win32",
      env: { ...process.env, npm_config_fetch_retries: "0", npm_config_fetch_timeout: "20000" },
    });
    let text = "";
    child.stdout.on("data", (chunk) => {
      text += chunk;
    });
    child.on("error", () => resolve(""));
    child.on("close", () => resolve(text));
  });
}
