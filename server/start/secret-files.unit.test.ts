import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { readSecretFiles } from "./secret-files";

const folder = mkdtempSync(join(tmpdir(), "secrets-"));

function secretFile(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

test("a secret setting is read from its file, without the line break at the end", () => {
  const AUTH_SECRET_FILE = secretFile("auth", "a secret of more than thirty-two characters\n");
  expect(readSecretFiles({ AUTH_SECRET_FILE, SMTP_URL_FILE: " ", PORT_FILE: "/nowhere" })).toEqual({
    values: { AUTH_SECRET: "a secret of more than thirty-two characters" },
    problems: [],
  });
});

test("each file that can't be used has one line, which does not show the secret", () => {
  const given = {
    DATABASE_URL: "postgres://user:hidden@host/vehaas",
    DATABASE_URL_FILE: secretFile("database", "postgres://user:hidden@host/other"),
    AUTH_SECRET_FILE: join(folder, "missing"),
    ENCRYPTION_KEYS_FILE: secretFile("empty", "\n"),
    OIDC_CLIENT_SECRET_FILE: folder,
  };
  const { values, problems } = readSecretFiles(given);
  expect(values).toEqual({});
  expect(problems).toEqual([
    "DATABASE_URL_FILE: DATABASE_URL is set, too; set only one of the two.",
    `AUTH_SECRET_FILE: the file ${join(folder, "missing")} can't be read (ENOENT).`,
    `ENCRYPTION_KEYS_FILE: the file ${join(folder, "empty")} is empty.`,
    `OIDC_CLIENT_SECRET_FILE: the file ${folder} can't be read (EISDIR).`,
  ]);
});
