import { lstatSync } from "node:fs";
import { parseEnv } from "node:util";
import { readTextFile } from "@/lib/text-file";

const assignment = /^\s*(?:export\s+)?([A-Za-z_][A-Za-z0-9_.-]*)\s*=\s*(["'`])?/;

/**
 * The settings of a `.env` file; none where there is no such file. Throws an error whose message follows the file's name,
 * where it can't be read or has a line that is no setting: one that was lost would start another service than is meant.
 */
export function readEnvFile(path: string): Record<string, string | undefined> {
  if (!lstatSync(path, { throwIfNoEntry: false })) return {};
  const text = readTextFile(path).replaceAll(/\r\n?/g, "\n");
  const settings = parseEnv(text);
  for (const [name, line] of namesIn(text)) {
    if (!(name in settings)) throw new Error(`has a setting in line ${line} that can't be read: ${name}`);
  }
  return settings;
}

/** Each name and its line. A value between quotes may have several lines. */
function namesIn(text: string): Map<string, number> {
  const names = new Map<string, number>();
  const lines = text.split("\n");
  for (let index = 0; index < lines.length; index++) {
    const line = lines[index] ?? "";
    if (/^\s*(#|$)/.test(line)) continue;
    const [found, name, quote] = assignment.exec(line) ?? [];
    if (!found || !name) throw new Error(`has no setting in line ${index + 1}: NAME=value is expected`);
    names.set(name, index + 1);
    if (quote) index += linesToTheEnd(quote, [line.slice(found.length), ...lines.slice(index + 1)], index + 1);
  }
  return names;
}

function linesToTheEnd(quote: string, lines: string[], first: number): number {
  const end = lines.findIndex((line) => line.includes(quote));
  if (end < 0) throw new Error(`has a quotation mark in line ${first} that is never closed`);
  const [, ...behind] = (lines[end] ?? "").split(quote);
  // It would be lost, and a mark that closes another line's value has lost lines already.
  if (/^\s*(#|$)/.test(behind.join(quote))) return end;
  throw new Error(`has a value between quotation marks from line ${first} on, and more text behind it`);
}
