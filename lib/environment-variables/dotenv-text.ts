import { parse } from "dotenv";

/** What stands in a .env text: a variable, or a line that is none. `line` counts from 1. */
export type DotenvLine = { line: number; name: string; value: string } | { line: number; problem: string };

// dotenv's own expression (18.0.10, dist/index.cjs), from a statement's beginning on: it tells where the statement ends.
// What it means dotenv says itself. Not used on a whole text, where dotenv takes a square of its blank lines in time.
const statement =
  /[^\S\n]*(?:export\s+)?([\w.-]+)(?:\s*=\s*?|:\s+?)(\s*'(?:\\'|[^'])*'|\s*"(?:\\"|[^"])*"|\s*`(?:\\`|[^`])*`|[^#\r\n]+)?\s*(?:#.*)?$/my;
const blankOrComment = /^\s*(?:#.*)?$/;

/** The statements of a .env text as the npm package dotenv reads them, and the lines that it would pass over in silence. */
export function readDotenv(text: string): DotenvLine[] {
  const source = text.replace(/^\uFEFF/, "").replace(/\r\n?/g, "\n");
  const lines: DotenvLine[] = [];
  let line = 1;
  for (let at = 0; at < source.length; ) {
    const end = endOfLine(source, at);
    statement.lastIndex = at;
    const found = blankOrComment.test(source.slice(at, end)) ? null : statement.exec(source);
    if (found?.[1]) lines.push(read(line, found[1], found[0]));
    else if (!blankOrComment.test(source.slice(at, end))) lines.push({ line, problem: "This is not NAME=value." });
    const next = found ? at + found[0].trimEnd().length : end;
    const after = Math.max(next, at) + 1;
    line += newlines(source, at, after);
    at = after;
  }
  return lines;
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
