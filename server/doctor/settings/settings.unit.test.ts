import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { readValidSettings } from "@/lib/env";
import type { Finding } from "../finding";
import type { Inspection } from "../inspection";
import { secretFiles } from "./secret-files";
import { unknownNames } from "./unknown-names";
import { combinations, validSettings } from "./values";

const inspection = (env: Record<string, string>, fileProblems: string[] = []): Inspection => ({
  env,
  fileProblems,
  settings: readValidSettings(env),
  database: Promise.resolve(undefined),
});
const subjects = (findings: Finding[]) => findings.map(({ verdict, subject }) => `${verdict} ${subject}`);

test.each([
  ["OIDC_ISUER", undefined],
  ["SMTP_PASSWORD", undefined],
  ["ENCRYPTION_KEY", "ENCRYPTION_KEYS"],
  ["auth_url", "AUTH_URL"],
  ["DATABASEURL", "DATABASE_URL"],
  ["LOCAL_PASSWORD", "LOCAL_PASSWORDS"],
  ["SMTP_FROM_FILE", "SMTP_FROM"],
  ["TOKEN_MAX_LIFETIME", "TOKEN_MAX_LIFETIME_DAYS"],
])("%s looks like a setting", (name, meant) => {
  const found = { verdict: "warning", subject: name, says: "is not a setting, and has no effect" };
  expect(unknownNames({ [name]: "x" })).toEqual([meant ? { ...found, advice: `Did you mean ${meant}?` } : found]);
});

test("names of ours and of others are left alone", () => {
  const names = [
    "AUTH_URL",
    "DATABASE_URL_FILE",
    "DATABASE_ROLE",
    "DATABASE_SERVICE_HOST",
    "DATABASE_PORT_5432_TCP_ADDR",
    "HOME",
    "LOGNAME",
    "NEXT_SERVER_ACTIONS_ENCRYPTION_KEY",
    "NODE_EXTRA_CA_CERTS",
    "OTEL_RESOURCE_ATTRIBUTES",
    "PATH",
    "PORTAGE_TMPDIR",
  ];
  expect(subjects(unknownNames(Object.fromEntries(names.map((name) => [name, "x"]))))).toEqual([
    "right names of settings",
  ]);
});

test("each invalid setting is named, and the valid ones are used all the same", () => {
  const env = { PORT: "x", SMTP_URL: "smtp://mail.example.com", AUTH_SECRET: "short" };
  expect(validSettings(env).map(({ verdict, says }) => `${verdict} ${says.split(" ")[0]}`)).toEqual([
    "wrong PORT",
    "wrong AUTH_SECRET",
    "wrong SMTP_FROM",
  ]);
  expect(readValidSettings(env)).toMatchObject({ PORT: 3000, SMTP_URL: "smtp://mail.example.com" });
  expect(readValidSettings(env).AUTH_SECRET).toBeUndefined();
  expect(subjects(validSettings({ PORT: "80" }))).toEqual(["right settings"]);
});

const zeros = Buffer.alloc(32).toString("base64");
const random = "bY0mV3VjHk2q1c9uJx5hQnW8sT4eZ7aR6dG0pLfKiXo=";
test.each<[Record<string, string>, string]>([
  [{}, "right settings together"],
  [{ HOST: "0.0.0.0" }, "warning AUTH_URL"],
  [{ AUTH_URL: "http://tokens.example.com" }, "wrong AUTH_URL"],
  [{ AUTH_URL: "http://localhost:3000", HOST: "0.0.0.0" }, "right settings together"],
  [{ AUTH_URL: "https://tokens.example.com", HOST: "0.0.0.0" }, "right settings together"],
  [{ LOCAL_PASSWORDS: "off" }, "wrong LOCAL_PASSWORDS"],
  [{ NODE_TLS_REJECT_UNAUTHORIZED: "0" }, "wrong NODE_TLS_REJECT_UNAUTHORIZED"],
  [{ TRUSTED_PROXIES: "10.0.0.0/8,::/0" }, "wrong TRUSTED_PROXIES"],
  [{ AUTH_SECRET: "changeme".repeat(4) }, "warning AUTH_SECRET"],
  [{ ENCRYPTION_KEYS: `k2:${random},k1:${zeros}` }, "warning ENCRYPTION_KEYS"],
  [{ ENCRYPTION_KEYS: `k2:${random}` }, "right settings together"],
  [{ DATABASE_URL: "postgres://a:b@c/d", DEMO_PASSWORD: "x" }, "warning DEMO_PASSWORD"],
  [
    { DATABASE_URL: "postgres://a:b@c/d", DATABASE_MIGRATION_URL: "postgres://a:b@c/d" },
    "warning DATABASE_MIGRATION_URL",
  ],
])("%j: %s", (env, found) => {
  const findings = combinations(inspection(env));
  expect(subjects(findings)).toEqual([found]);
  for (const value of [zeros, random, "changeme", "a:b@c"]) expect(JSON.stringify(findings)).not.toContain(value);
});

test("a file of secrets that everybody may read is found, and one that can't be read", () => {
  const folder = mkdtempSync(join(tmpdir(), "doctor-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const file = join(folder, "secret");
  writeFileSync(file, "x");
  chmodSync(folder, 0o711);
  const find = (problems: string[] = [], mounted?: string) =>
    secretFiles(inspection({ AUTH_SECRET_FILE: file, DATA_DIR: folder }, problems), mounted).map(({ says }) => says);
  chmodSync(file, 0o640);
  expect(find()).toEqual(["only their owner and group may read them"]);
  chmodSync(file, 0o644);
  expect(find(["AUTH_SECRET_FILE: the file is empty."])).toEqual([
    "AUTH_SECRET_FILE: the file is empty.",
    `every user of this machine may read ${file}`,
  ]);

  expect(find([], folder), "a container engine mounts it").toEqual(["only their owner and group may read them"]);
  chmodSync(folder, 0o750);
  expect(find(), "the folder keeps others out").toEqual(["only their owner and group may read them"]);
});
