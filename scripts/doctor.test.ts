import { execFile } from "node:child_process";
import { expect, test } from "vitest";
import { prepareJobQueue } from "@/server/background/job-queue";
import { migrateDatabase } from "@/server/start/open-database";
import { makeLogin, ownedDatabase } from "@/testing/database/logins";
import { settingsOfTest } from "@/testing/doctor/findings";

/** Runs the command with these settings alone. */
function doctor(env: Record<string, string | undefined>): Promise<{ code: number; stdout: string; stderr: string }> {
  const { PATH, HOME } = process.env;
  return new Promise((resolve) => {
    execFile(
      process.execPath,
      ["--import", "tsx", "scripts/doctor.ts"],
      { env: { PATH, HOME, NODE_ENV: "production", ...env } },
      (error, stdout, stderr) => resolve({ code: error ? Number(error.code) : 0, stdout, stderr }),
    );
  });
}

test("npm run doctor ends with 0 if nothing is wrong, and with 1 otherwise, and prints no secret", async () => {
  const owner = await ownedDatabase();
  const service = await makeLogin(owner.url);
  await migrateDatabase(owner.url, process.env.ENCRYPTION_KEYS, { service: service.name });
  await prepareJobQueue({ url: owner.url, setting: "DATABASE_MIGRATION_URL" }, service.name, []);
  const good = settingsOfTest({ DATABASE_URL: service.url, DATABASE_MIGRATION_URL: owner.url });
  const right = await doctor({ ...good, AUTH_URL: "https://tokens.example.com" });
  expect({ ...right, stdout: right.stdout.split("\n").filter((line) => !line.startsWith("✓")) }).toEqual({
    code: 0,
    stdout: [
      '! ENCRYPTION_KEYS: has a key "test" that is not random. → Rotate to one made with: openssl rand -base64 32.',
      "",
      "Wrong: 0. Warnings: 1.",
      "",
    ],
    stderr: "",
  });

  const bad = await doctor({
    ...good,
    PORT: "hidden-port",
    OIDC_CLIENT_SECRET: "hidden-client-secret",
    SMTP_URL_FILE: "/nowhere/smtp_url",
    AUTH_URL: "http://tokens.example.com",
  });
  expect(bad.code).toBe(1);
  expect(bad.stderr).toBe("");
  expect(bad.stdout).toMatch(/^✗ settings: PORT must be a whole number/m);
  expect(bad.stdout).toMatch(/^✗ settings: OIDC_ISSUER is missing/m);
  expect(bad.stdout).toMatch(
    /^✗ files of secrets: SMTP_URL_FILE: the file \/nowhere\/smtp_url can't be read \(ENOENT\)\./m,
  );
  expect(bad.stdout).toMatch(/^✗ AUTH_URL: is not https/m);
  expect(bad.stdout).toMatch(/^✓ database connection: PostgreSQL/m);
  expect(bad.stdout).toMatch(/^✓ encryption keys: /m);
  const key = good.ENCRYPTION_KEYS?.split(":")[1] ?? "";
  for (const secret of ["hidden", key, good.AUTH_SECRET ?? "", "secret@"]) {
    expect(right.stdout + bad.stdout).not.toContain(secret);
  }
}, 120_000);
