import { execFile } from "node:child_process";
import { expect, test } from "vitest";
import { makeLogin, ownedDatabase, query } from "@/testing/database/logins";

type Ended = { code: number; stdout: string; stderr: string };

function create(databaseUrl: string, ...given: string[]): Promise<Ended> {
  const script = ["--import", "tsx", "scripts/create-organization.ts", ...given];
  const env = { ...process.env, DATABASE_URL: databaseUrl, DATABASE_ROLE: undefined };
  return new Promise((resolve) => {
    execFile(process.execPath, script, { env }, (error, stdout, stderr) => {
      resolve({ code: error ? Number(error.code) : 0, stdout, stderr });
    });
  });
}

const given = ["Example Ltd", "ada@example.com", "Ada Admin"];

test("npm run organization:create needs no right to create roles", { timeout: 90_000 }, async () => {
  const owner = await ownedDatabase();
  const { code, stdout, stderr } = await create(owner.url, ...given);
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  expect(stdout).toContain("Created “Example Ltd”. Its admin is ada@example.com.");
  expect(await query(owner.url, "select name from organizations")).toEqual([{ name: "Example Ltd" }]);

  const stranger = await makeLogin(owner.url);
  const refused = await create(stranger.url, ...given);
  expect(refused.code).toBe(1);
  expect(refused.stderr).toMatch(/^DATABASE_URL's user lacks a right: permission denied [^\n]+\n$/);
});
