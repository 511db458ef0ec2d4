import { lstatSync } from "node:fs";
import { parseEnv } from "node:util";
import { readTextFile } from "@/lib/text-file";

const assignment = /^\s*(?:export\s+)?([A-Za-z_][A-Za-z0-9_.-]*)\s*=\s*(["'`])?/;

/**
 * The settings of a `.env` file; empty if there is no such file. Throws an error whose message follows the file's name,
 * if the file can't be read or has an invalid line: a silently skipped line would start the service with wrong
 * settings.
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

/** Each name and its line. A quoted value may span several lines. */
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
  // Text behind the closing quote would be lost. It may also mean that the quote belongs to a later line's value.
  if (/^\s*(#|$)/.test(behind.join(quote))) return end;
  throw new Error(`has a value between quotation marks from line ${first} on, and more text behind it`);
}
