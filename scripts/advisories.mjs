// `npm run advisories`: fails where the registry knows an advisory of high or critical severity against a package of the
// lock file. A registry that can't be asked fails nothing, since the check also runs where there is none: it says so.
import { spawn } from "node:child_process";

const severe = ["high", "critical"];
// Said here, since npm answers "none" for what NODE_ENV or a setting of npm leaves out, and for everything when offline.
const whole = ["--include=dev", "--include=optional", "--include=peer", "--offline=false"];

const answer = parse(await output("npm", ["audit", "--json", "--package-lock-only", ...whole]));
const known = Object.values(answer?.vulnerabilities ?? {}).flatMap(({ via }) => via);
// A package that only depends on one with an advisory has that one's name here.
const found = known.filter((one) => typeof one === "object" && severe.includes(one.severity));

if (!answer?.vulnerabilities) {
  // npm's own words name the registry's address.
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

/** What the command prints, whatever it ends with. */
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
