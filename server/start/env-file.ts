import { readEnvFile } from "./read-env-file";

// Before anything reads the environment, and all of it: Next would load the file later, and half of it too late.
const file = ".env";
try {
  for (const [name, value] of Object.entries(readEnvFile(file))) process.env[name] ??= value;
} catch (error) {
  process.stderr.write(`The file ${file} ${error instanceof Error ? error.message : "can't be read"}.\n`);
  process.exit(1);
}
