import { execFile } from "node:child_process";
import { expect, test } from "vitest";
import { db } from "@/db/client";
import { users } from "@/db/schema";

test("npm run demo:data refuses a database of the operator in one line, and writes nothing", async () => {
  // Not even the other settings are asked for.
  const { AUTH_SECRET: _secret, ENCRYPTION_KEYS: _keys, ...env } = process.env;
  const ended = await new Promise((resolve) => {
    execFile(process.execPath, ["--import", "tsx", "scripts/demo-data.ts"], { env }, (error, stdout, stderr) => {
      resolve({ code: error?.code, stdout, stderr });
    });
  });
  expect(ended).toEqual({
    code: 1,
    stdout: "",
    stderr: "DATABASE_URL is set: npm run demo:data fills the embedded demo database only.\n",
  });
  expect(await db.$count(users)).toBe(0);
}, 60_000);
