import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { eq, ne } from "drizzle-orm";
import { afterAll, beforeEach, expect, test, vi } from "vitest";
import { db } from "@/db/client";
import { dataKeys } from "@/db/schema";
import { remembered } from "@/lib/crypto/data-keys";
import { readMasterKeys } from "@/lib/crypto/master-keys";
import { rotateDataKeys } from "@/lib/crypto/rotate";
import { type SealedAt, seal, unseal } from "@/lib/crypto/seal";
import { readSettings, SettingsError } from "@/lib/env";
import { createTenant } from "@/testing/tenant";
import { openDatabase } from "./open-database";

const key = (id: string, fill: number) => `${id}:${Buffer.alloc(32, fill).toString("base64")}`;
const [k1, k2] = [key("k1", 1), key("k2", 2)];
const script = ["--import", "tsx", "scripts/rotate-keys.ts"];

type Stored = { place: SealedAt; text: string; sealed: Buffer };
let stored: Stored[];

// The running service's keys: it knows the new key but does not encrypt with it yet.
process.env.ENCRYPTION_KEYS = `${k1},${k2}`;

beforeEach(async () => {
  await rotateDataKeys(db, readMasterKeys(`${k1},${k2}`));
  stored = await Promise.all(Array.from({ length: 40 }, (_, i) => store(`secret ${i}`)));
});
afterAll(() => vi.resetModules());

async function store(text: string): Promise<Stored> {
  const { organization } = await createTenant();
  const place = { organizationId: organization.id, table: "accesses", column: "credential", rowId: "row_1" };
  return { place, text, sealed: await seal(db, place, text) };
}

/** Reads and writes like the service, without caches, until the work is done. Returns the number of reads. */
async function readDuring(work: Promise<unknown>): Promise<number> {
  let [reads, done] = [0, false];
  const finished = work.finally(() => {
    done = true;
  });
  const reader = async () => {
    while (!done) {
      for (const { place, sealed, text } of stored) {
        remembered.clear();
        expect(await unseal(db, place, sealed)).toBe(text);
        reads += 1;
      }
    }
  };
  await Promise.all([finished, reader(), reader(), reader(), reader()]);
  return reads;
}

function start(encryptionKeys: string) {
  const { DATABASE_URL, AUTH_SECRET } = process.env;
  return openDatabase(readSettings({ DATABASE_URL, AUTH_SECRET, ENCRYPTION_KEYS: encryptionKeys }));
}

function runScript(encryptionKeys: string) {
  const env = { ...process.env, ENCRYPTION_KEYS: encryptionKeys };
  return promisify(execFile)(process.execPath, script, { env });
}

const countUnder = async (id: string) =>
  (await db.$count(dataKeys)) - (await db.$count(dataKeys, ne(dataKeys.masterKeyId, id)));

vi.setConfig({ testTimeout: 60_000 });

test("npm run keys:rotate rewraps every data key during reads, and then the old key can be removed", async () => {
  const before = await db.select().from(dataKeys);
  await expect(start(k2)).rejects.toThrow(SettingsError);
  const run = runScript(`${k2},${k1}`);
  expect(await readDuring(run)).toBeGreaterThan(stored.length);
  expect((await run).stdout).toBe(`Data keys now wrapped with “k2”: ${before.length}.\n`);
  expect(await countUnder("k2")).toBe(before.length);
  expect(await rotateDataKeys(db, readMasterKeys(`${k2},${k1}`))).toEqual({ rewrapped: 0, unreadable: [] });

  await (await start(k2)).close();
  vi.resetModules();
  vi.stubEnv("ENCRYPTION_KEYS", k2);
  const restarted = await import("@/lib/crypto/seal");
  for (const { place, sealed, text } of stored) expect(await restarted.unseal(db, place, sealed)).toBe(text);
  vi.unstubAllEnvs();
});

test("concurrent rotations and reads do not disturb each other", async () => {
  const due = await countUnder("k1");
  const keys = readMasterKeys(`${k2},${k1}`);
  const rotations = Promise.all([1, 2, 3].map(() => rotateDataKeys(db, keys)));
  expect(await readDuring(rotations)).toBeGreaterThan(0);
  expect((await rotations).reduce((sum, { rewrapped }) => sum + rewrapped, 0)).toBe(due);
  expect(await countUnder("k2")).toBe(due);
});

test("a data key that can't be opened is named, and stops no other", async () => {
  const [{ id, wrapped } = { id: "", wrapped: Buffer.alloc(0) }] = await db.select().from(dataKeys).limit(1);
  const damaged = Buffer.from(wrapped).fill(0, 20);
  await db.update(dataKeys).set({ wrapped: damaged }).where(eq(dataKeys.id, id));
  try {
    await (await start(`${k1},${k2}`)).close();
    const run = await runScript(`${k2},${k1}`).catch((error: unknown) => error);
    expect(run).toMatchObject({ code: 1, stderr: `Data keys that did not open, left as they are: ${id}.\n` });
    expect(await countUnder("k1")).toBe(1);
  } finally {
    await db.update(dataKeys).set({ wrapped }).where(eq(dataKeys.id, id));
  }
});

test("the start fails if a key in use is missing or different, with one line that names it", async () => {
  await expect(start(k2)).rejects.toMatchObject({
    problems: [expect.stringMatching(/^ENCRYPTION_KEYS lacks the key "k1", which stored secrets still need\..*$/)],
  });
  await expect(start(key("k1", 3))).rejects.toMatchObject({
    problems: [expect.stringMatching(/^ENCRYPTION_KEYS has another key as "k1" than the one .*$/)],
  });
  await expect(start(`${k1}`)).resolves.toMatchObject({ isEmbedded: false });
  const script = await runScript(k2).catch((error: unknown) => error);
  expect(script).toMatchObject({ code: 1, stderr: expect.stringMatching(/^ENCRYPTION_KEYS lacks the key "k1".*\n$/) });
});
