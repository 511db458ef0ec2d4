import { parseArgs } from "node:util";
import type { Head } from "@/lib/audit/chain/events";
import { SettingsError } from "@/lib/env";

/** The heads after `--head`, as `audit:verify` and the log print them, and the files, where the command takes any. */
export function readArguments({ allowPositionals = false } = {}): { heads: Head[]; files: string[] } {
  const { values, positionals } = parse(allowPositionals);
  const heads = values.head.map((text) => {
    const [, organizationId = "", position, hash = ""] = /^(\w+):(\d{1,15}):([0-9a-f]{64})$/.exec(text) ?? [];
    if (!organizationId)
      throw new SettingsError([`--head ${text} is not as this command prints it: organization:position:hash.`]);
    return { organizationId, position: Number(position), hash: Buffer.from(hash, "hex") };
  });
  return { heads, files: positionals };
}

function parse(allowPositionals: boolean) {
  try {
    return parseArgs({
      options: { head: { type: "string", multiple: true, default: [] } },
      allowPositionals,
    });
  } catch (error) {
    throw new SettingsError([error instanceof Error ? error.message : "The arguments can't be read."]);
  }
}

/** Prints one line, whatever characters the database contains. */
export function print(line: string): void {
  const visible = line.replace(
    /[\p{C}\u2028\u2029]/gu,
    (character) => `\\u{${character.codePointAt(0)?.toString(16)}}`,
  );
  process.stdout.write(`${visible}\n`);
}
