import { parse } from "dotenv";

/** A variable that the format can't represent exactly. The message names the variable, never its value. */
export class UnrepresentableError extends Error {
  constructor(
    readonly variable: string,
    message: string,
  ) {
    super(message);
    this.name = "UnrepresentableError";
  }
}

/**
 * A text that the npm package `dotenv` parses back exactly, verified with the package. Throws UnrepresentableError.
 * Values are unquoted if possible, since `docker --env-file` takes quotes literally.
 */
export function toDotenv(environment: Record<string, string>): string {
  const variables = Object.entries(environment);
  const text = variables.map(([name, value]) => lineOf(name, value)).join("");
  const read = parse(text);
  // A line that swallows the following ones is the first to read differently.
  const wrong = variables.find(([name, value]) => !reads(read, name, value));
  if (wrong) throw unrepresentable(wrong[0]);
  return text;
}

function lineOf(name: string, value: string): string {
  for (const written of candidates(value)) {
    const line = `${name}=${written}\n`;
    if (reads(parse(line), name, value)) return line;
  }
  throw unrepresentable(name);
}

/** Checks for an own property, since dotenv loses the name `__proto__`. */
function reads(read: Record<string, string>, name: string, value: string): boolean {
  return Object.hasOwn(read, name) && read[name] === value;
}

/** In order of preference. Values with line breaks go on one line if possible, for line-by-line parsers. */
function candidates(value: string): string[] {
  const bare = isBare(value) ? [value] : [];
  const escaped = value.replaceAll("\r", "\\r").replaceAll("\n", "\\n");
  const inDouble = wrapped('"', escaped);
  const verbatim = [...wrapped("'", value), ...wrapped("`", value)];
  if (/[\r\n]/.test(value)) return [...inDouble, ...verbatim];
  // dotenv would look for the end of a leading quote in the following lines.
  return /^['"`]/.test(value) ? [...verbatim, ...inDouble, ...bare] : [...bare, ...verbatim, ...inDouble];
}

/** False for values that dotenv reads differently or in quadratic time when unquoted. */
function isBare(value: string): boolean {
  return value.trim() === value && !/[#\r\n]|[\u2028\u2029]['"`]/.test(value);
}

/** Empty if the value contains the quote, or ends with a backslash that would escape the closing quote. */
function wrapped(quote: "'" | '"' | "`", value: string): string[] {
  const ends = value.endsWith("\\") || new RegExp(`(?<!\\\\)${quote}`).test(value);
  return ends ? [] : [quote + value + quote];
}

function unrepresentable(name: string): UnrepresentableError {
  return new UnrepresentableError(
    name,
    `The value of ${name} can't be written as dotenv. Ask for application/json or text/x-shellscript.`,
  );
}

/** POSIX `export` lines. In single quotes a shell takes every character literally, except the closing quote. */
export function toShell(environment: Record<string, string>): string {
  return Object.entries(environment)
    .map(([name, value]) => `export ${name}='${value.replaceAll("'", "'\\''")}'\n`)
    .join("");
}
