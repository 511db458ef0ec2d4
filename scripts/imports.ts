import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { dirname, normalize } from "node:path";

/** The imports between our source files in the working tree, including types. */
export type Imports = ReadonlyMap<string, ReadonlySet<string>>;

/** The source files in git. */
export function sourceFiles(): string[] {
  const files = execFileSync("git", ["ls-files", "-co", "--exclude-standard", "*.ts", "*.tsx", "*.mjs"], {
    encoding: "utf8",
  });
  return files.split("\n").filter(Boolean);
}

export function isTest(file: string): boolean {
  return /\.test\.ts$|^(e2e|testing)\//.test(file);
}

export function importsOf(files: string[]): Imports {
  const known = new Set(files);
  return new Map(files.map((file) => [file, new Set(specifiersIn(file).flatMap((one) => resolve(one, file, known)))]));
}

function specifiersIn(file: string): string[] {
  const matches = readFileSync(file, "utf8").matchAll(/(?:\bfrom\s+|\bimport\s*\(\s*|^import\s+)"([^"]+)"/gm);
  return [...matches].map(([, specifier]) => specifier ?? "");
}

function resolve(specifier: string, file: string, known: ReadonlySet<string>): string[] {
  const isOurs = specifier.startsWith("@/") || specifier.startsWith(".");
  if (!isOurs) return [];
  const path = specifier.startsWith("@/") ? specifier.slice(2) : normalize(`${dirname(file)}/${specifier}`);
  return ["", ".ts", ".tsx"]
    .map((ending) => path + ending)
    .filter((one) => known.has(one))
    .slice(0, 1);
}

/** Each circle once, as its members in order. */
export function circlesIn(edges: ReadonlyMap<string, ReadonlySet<string>>): string[][] {
  const circles: string[][] = [];
  const done = new Set<string>();
  const visit = (node: string, path: string[]): void => {
    const at = path.indexOf(node);
    if (at >= 0) circles.push(path.slice(at));
    if (at >= 0 || done.has(node)) return;
    for (const next of edges.get(node) ?? []) visit(next, [...path, node]);
    done.add(node);
  };
  for (const node of edges.keys()) visit(node, []);
  return circles;
}
