import { readEnvFile } from "./read-env-file";

// Loaded before anything reads the environment: Next would load the file later, too late for some settings.
const file = ".env";
try {
  for (const [name, value] of Object.entries(readEnvFile(file))) process.env[name] ??= value;
} catch (error) {
  process.stderr.write(`The file ${file} ${error instanceof Error ? error.message : "can't be read"}.\n`);
  process.exit(1);
}
