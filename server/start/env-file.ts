import { completeEnvironment } from "./complete-environment";

// Loaded before anything reads the environment: Next would load the file later, too late for some settings.
const problems = completeEnvironment(process.env);
if (problems.length > 0) {
  process.stderr.write(`${problems.join("\n")}\n`);
  process.exit(1);
}
