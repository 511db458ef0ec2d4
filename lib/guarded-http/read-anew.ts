import { readFileSync, statSync } from "node:fs";

/**
 * Returns the parsed file, and reads it again once it has changed. An unreadable file counts as empty. Synchronous,
 * since an asynchronous read would wait for libuv's threads, which name lookups must not depend on.
 */
export function readAnew<T>(file: string, parse: (text: string) => T): () => T {
  let known: { version: string; value: T } | undefined;
  return () => {
    const version = versionOf(file);
    if (known?.version !== version) known = { version, value: parse(textOf(file)) };
    return known.value;
  };
}

function versionOf(file: string): string {
  const found = statSync(file, { throwIfNoEntry: false });
  return found ? `${found.ino} ${found.size} ${found.mtimeMs} ${found.ctimeMs}` : "";
}

function textOf(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return "";
  }
}
