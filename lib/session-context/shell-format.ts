/** POSIX `export` lines. In single quotes a shell takes every character literally, except the closing quote. */
export function toShell(environment: Record<string, string>): string {
  return Object.entries(environment)
    .map(([name, value]) => `export ${name}='${value.replaceAll("'", "'\\''")}'\n`)
    .join("");
}
