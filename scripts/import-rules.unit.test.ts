import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";

const refused = [
  ["db/planted.ts", "@/lib/auth/permissions"],
  ["db/planted.ts", "@/app/page"],
  ["lib/access-tokens/planted.ts", "next/cache"],
  ["lib/access-tokens/planted.ts", "hono"],
  ["lib/access-tokens/planted.ts", "@/lib/web/auth"],
  ["lib/access-tokens/planted.ts", "../../app/page"],
  ["api/planted.ts", "@/db/client"],
  ["lib/access-tokens/planted.ts", "@/server/process"],
  ["app/planted.tsx", "@/server/process"],
  ["server/planted.ts", "@/app/page"],
  ["server/planted.ts", "hono"],
  ["api/planted.ts", "next/headers"],
  ["components/planted.tsx", "@/lib/access-tokens/name"],
  ["app/planted.tsx", "drizzle-orm"],
  ["app/planted.tsx", "@/db/schema"],
  ["app/planted.tsx", "../db/client"],
  ["lib/planted.ts", "../components/ui/cx"],
  ["lib/web/planted.ts", "@/components/ui/button"],
  ["lib/web/planted.ts", "@/app/shell"],
  ["lib/web/planted.ts", "hono"],
  ["api/planted.ts", "../db/client"],
  ["components/planted.tsx", "../lib/log"],
  ["e2e/planted.spec.ts", "@/db/client"],
  ["e2e/planted.spec.ts", "../db/client"],
] as const;

const allowed = [
  ["db/planted.ts", "@/lib/env"],
  ["lib/access-tokens/planted.ts", "@/db/client"],
  ["lib/web/planted.ts", "next/headers"],
  ["server/planted.ts", "@/lib/web/session-cookie"],
  ["server/planted.ts", "@/db/client"],
  ["api/planted.ts", "@/lib/access-tokens/name"],
  ["components/planted.tsx", "@/lib/format"],
  ["app/planted.tsx", "@/db/enums"],
  ["app/members/planted.tsx", "@/app/shell"],
  ["e2e/planted.spec.ts", "./support/test"],
  ["e2e/support/planted.ts", "@/db/client"],
] as const;

const folder = mkdtempSync(join(tmpdir(), "import-rules-"));

beforeAll(() => {
  const { vcs: _, ...rules } = JSON.parse(readFileSync("biome.json", "utf8"));
  writeFileSync(join(folder, "biome.json"), JSON.stringify(rules));
});
afterAll(() => rmSync(folder, { recursive: true }));

/** The linter's output for a file at `path` whose only line is the import. */
function lint(path: string, specifier: string): string {
  const file = join(folder, path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, `import "${specifier}";\n`);
  const biome = resolve("node_modules/@biomejs/biome/bin/biome");
  const { stdout, stderr } = spawnSync(process.execPath, [biome, "lint", path], { cwd: folder, encoding: "utf8" });
  return stdout + stderr;
}

test.each(refused)("%s may not import %s", (path, specifier) => {
  expect(lint(path, specifier)).toContain("noRestrictedImports");
});

test.each(allowed)("%s may import %s", (path, specifier) => {
  const answer = lint(path, specifier);
  expect(answer).toContain("Checked 1 file");
  expect(answer).not.toContain("noRestrictedImports");
});
