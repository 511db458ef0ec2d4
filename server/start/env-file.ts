import { readEnvFile } from "./read-env-file";
import { readSecretFiles } from "./secret-files";

// Loaded before anything reads the environment: Next would load the file later, too late for some settings.
const file = ".env";
try {
  for (const [name, value] of Object.entries(readEnvFile(file))) process.env[name] ??= value;
} catch (error) {
  process.stderr.write(`The file ${file} ${error instanceof Error ? error.message : "can't be read"}.\n`);
  process.exit(1);
}

const { values, problems } = readSecretFiles(process.env);
if (problems.length > 0) {
  process.stderr.write(`${problems.join("\n")}\n`);
  process.exit(1);
}
Object.assign(process.env, values);
