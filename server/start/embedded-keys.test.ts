import { generateKeySync } from "node:crypto";
import { chmod, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Client } from "pg";
import { expect, onTestFinished, test } from "vitest";
import { newId } from "@/db/ids";
import { readMasterKeys } from "@/lib/crypto/master-keys";
import { wrap } from "@/lib/crypto/wrapped-key";
import { readSettings, SettingsError } from "@/lib/env";
import { openDatabase } from "./open-database";

test("the embedded database does not start without its own secrets", async () => {
  const folder = await mkdtemp(join(tmpdir(), "vehaas-keys-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  await chmod(folder, 0o711);
  const given = readSettings({ DATA_DIR: join(folder, "data") });
  const secrets = join(given.DATA_DIR, "secrets.json");

  const database = await openDatabase(given);
  const kept = await readFile(secrets, "utf8");
  await insertDataKey(String(process.env.DATABASE_URL), JSON.parse(kept).ENCRYPTION_KEYS);
  await database.close();

  // Lost and regenerated: same id, another key.
  await rm(secrets);
  await expect(openDatabase(given)).rejects.toThrow(/^ENCRYPTION_KEYS has another key as "k1"/);
  await writeFile(secrets, kept.replace("k1:", "k2:"));
  await expect(openDatabase(given)).rejects.toThrow(SettingsError);
  await expect(openDatabase(given)).rejects.toThrow(/^ENCRYPTION_KEYS lacks the key "k1"/);
  expect(await readdir(join(given.DATA_DIR, "postgres", "data"))).not.toContain("postmaster.pid");

  await writeFile(secrets, kept);
  await (await openDatabase(given)).close();
}, 60_000);

async function insertDataKey(url: string, encryptionKeys: string): Promise<void> {
  const owner = { id: newId("key"), organizationId: newId("org") };
  const { wrapped, masterKeyId } = wrap(readMasterKeys(encryptionKeys), owner, generateKeySync("aes", { length: 256 }));
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    await client.query("insert into organizations (id, name) values ($1, 'Example')", [owner.organizationId]);
    await client.query("insert into data_keys (id, organization_id, wrapped, master_key_id) values ($1, $2, $3, $4)", [
      owner.id,
      owner.organizationId,
      wrapped,
      masterKeyId,
    ]);
  } finally {
    await client.end();
  }
}
