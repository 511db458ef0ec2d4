import { readEnvFile } from "./read-env-file";
import { readSecretFiles } from "./secret-files";

export const envFile = ".env";

/**
 * Adds to the environment the settings of the file `.env`, and the secrets that are in files of their own. Returns one
 * line for each problem.
 */
export function completeEnvironment(env: Record<string, string | undefined>): string[] {
  const problems: string[] = [];
  try {
    for (const [name, value] of Object.entries(readEnvFile(envFile))) env[name] ??= value;
  } catch (error) {
    problems.push(`The file ${envFile} ${error instanceof Error ? error.message : "can't be read"}.`);
  }
  const secrets = readSecretFiles(env);
  Object.assign(env, secrets.values);
  return [...problems, ...secrets.problems];
}
