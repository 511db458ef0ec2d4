/** POSIX `export` lines. Between single quotes a shell takes every character as it is, but the quote that ends them. */
export function toShell(environment: Record<string, string>): string {
  return Object.entries(environment)
    .map(([name, value]) => `export ${name}='${value.replaceAll("'", "'\\''")}'\n`)
    .join("");
}
