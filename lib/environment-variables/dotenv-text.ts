import { parse } from "dotenv";

/** What stands in a .env text: a variable, or a line that is none. `line` counts from 1. */
export type DotenvLine = { line: number; name: string; value: string } | { line: number; problem: string };

// dotenv's own expression (18.0.10, dist/index.cjs), from a statement's beginning on: it tells where the statement ends.
// What it means dotenv says itself. Not used on a whole text, where dotenv takes a square of its blank lines in time.
const statement =
  /[^\S\n]*(?:export\s+)?([\w.-]+)(?:\s*=\s*?|:\s+?)(\s*'(?:\\'|[^'])*'|\s*"(?:\\"|[^"])*"|\s*`(?:\\`|[^`])*`|[^#\r\n]+)?\s*(?:#.*)?$/my;
const blankOrComment = /^\s*(?:#.*)?$/;
const keyBegins = /^\s*["'`]?-----BEGIN/;
const keyEnds = "-----END";

/**
 * The statements of a .env text as the npm package dotenv reads them, and the lines that it would pass over in silence.
 * A key of many lines without quotes is refused as a whole: dotenv would take its lines for names. Reads no further than
 * the first beyond `most`.
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
