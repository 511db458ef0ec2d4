import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { findingsWith } from "@/testing/doctor/findings";

test("an embedded database that has not been made stays so, also beside its secrets", async () => {
  const folder = await mkdtemp(join(tmpdir(), "doctor-"));
  onTestFinished(() => rm(folder, { recursive: true }));
  const find = () => findingsWith({ DATA_DIR: folder }, ["database connection"]);
  const notYet = [{ verdict: "right", says: "there is no embedded database yet, the first start makes it" }];
  expect(await find()).toMatchObject(notYet);
  const secrets = { AUTH_SECRET: "a".repeat(44), ENCRYPTION_KEYS: `k1:${Buffer.alloc(32).toString("base64")}` };
  await writeFile(join(folder, "secrets.json"), JSON.stringify(secrets));
  expect(await find()).toMatchObject(notYet);
  expect(await readdir(folder)).toEqual(["secrets.json"]);
});

test.each([
  ["DATABASE_URL", "mysql://a:hidden-word@b/c"],
  ["DATABASE_URL_FILE", "/nowhere/database_url"],
])("a database that %s does not lead to is not taken for the embedded one", async (name, value) => {
  const found = await findingsWith({ [name]: value, DATA_DIR: "/nowhere" }, ["database connection"]);
  expect(found).toEqual([
    {
      verdict: "wrong",
      subject: "database connection",
      says: "is not looked at, since DATABASE_URL is invalid, or its file can't be read",
    },
  ]);
});
