import { parse } from "dotenv";

/** A variable of a .env text, or a line that is not one. `line` counts from 1. */
export type DotenvLine = { line: number; name: string; value: string } | { line: number; problem: string };

// dotenv's own expression (18.0.10, dist/index.cjs), anchored at a statement's start, to find its end. dotenv then
// parses the statement. It is not run on a whole text, where it takes quadratic time for blank lines.
const statement =
  /[^\S\n]*(?:export\s+)?([\w.-]+)(?:\s*=\s*?|:\s+?)(\s*'(?:\\'|[^'])*'|\s*"(?:\\"|[^"])*"|\s*`(?:\\`|[^`])*`|[^#\r\n]+)?\s*(?:#.*)?$/my;
const blankOrComment = /^\s*(?:#.*)?$/;
const keyBegins = /^\s*["'`]?-----BEGIN/;
const keyEnds = "-----END";

/**
 * The statements of a .env text as the npm package dotenv reads them, and the lines that it would silently skip. An
 * unquoted key of many lines is refused as a whole, since dotenv would read its lines as names. Stops after `most`
 * statements and one more.
 */
export function readDotenv(text: string, most = Number.POSITIVE_INFINITY): DotenvLine[] {
  const source = text.replace(/^\uFEFF/, "").replace(/\r\n?/g, "\n");
  const lines: DotenvLine[] = [];
  let line = 1;
  let inKey = false;
  for (let at = 0; at < source.length && lines.length <= most; ) {
    const whole = source.slice(at, endOfLine(source, at));
    const isBlank = blankOrComment.test(whole);
    statement.lastIndex = at;
    const found = isBlank || inKey ? null : statement.exec(source);
    const one: DotenvLine = found?.[1] ? read(line, found[1], found[0]) : { line, problem: "This is not NAME=value." };
    inKey ||= beginsKey("value" in one ? one.value : whole);
    if (!isBlank) lines.push(inKey ? { line, problem: "Put a value of many lines in quotes." } : one);
    inKey &&= !whole.includes(keyEnds);
    const after = at + (found?.[0].trimEnd() ?? whole).length + 1;
    line += newlines(source, at, after);
    at = after;
  }
  return lines;
}

function beginsKey(text: string): boolean {
  return keyBegins.test(text) && !text.includes(keyEnds);
}

function read(line: number, name: string, text: string): DotenvLine {
  const parsed = parse(text);
  const value = Object.hasOwn(parsed, name) ? parsed[name] : undefined;
  return value === undefined ? { line, problem: `dotenv can't read ${name}.` } : { line, name, value };
}

function endOfLine(text: string, from: number): number {
  const end = text.indexOf("\n", from);
  return end === -1 ? text.length : end;
}

function newlines(text: string, from: number, to: number): number {
  let count = 0;
  for (let at = text.indexOf("\n", from); at !== -1 && at < to; at = text.indexOf("\n", at + 1)) count++;
  return count;
}
