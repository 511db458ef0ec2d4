import { readTextFile } from "@/lib/text-file";

/** Settings whose value may be in a file, which `<name>_FILE` names: containers and systemd pass secrets so. */
export const secretSettings = [
  "DATABASE_URL",
  "DATABASE_MIGRATION_URL",
  "AUTH_SECRET",
  "ENCRYPTION_KEYS",
  "OIDC_CLIENT_SECRET",
  "SMTP_URL",
  "DEMO_PASSWORD",
  "OTEL_EXPORTER_OTLP_HEADERS",
];

type Environment = Record<string, string | undefined>;

/**
 * The secret settings that the environment gives by a file, without the line break at the end; and one line for each
 * that can't be read, is empty, or is given by a value too.
 */
export function readSecretFiles(env: Environment): { values: Record<string, string>; problems: string[] } {
  const values: Record<string, string> = {};
  const problems: string[] = [];
  for (const name of secretSettings) {
    const path = env[`${name}_FILE`]?.trim();
    if (!path) continue;
    try {
      values[name] = readSecret(name, path, env);
    } catch (error) {
      problems.push(`${name}_FILE: ${error instanceof Error ? error.message : "the file can't be read"}.`);
    }
  }
  return { values, problems };
}

function readSecret(name: string, path: string, env: Environment): string {
  if (env[name]?.trim()) throw new Error(`${name} is set, too; set only one of the two`);
  let text: string;
  try {
    text = readTextFile(path).trim();
  } catch (error) {
    throw new Error(`the file ${path} ${error instanceof Error ? error.message : "can't be read"}`);
  }
  if (!text) throw new Error(`the file ${path} is empty`);
  return text;
}
