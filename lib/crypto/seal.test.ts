import { inspect } from "node:util";
import { eq } from "drizzle-orm";
import { beforeEach, expect, test } from "vitest";
import { db, pool } from "@/db/client";
import { dataKeys } from "@/db/schema";
import { everyRow } from "@/testing/database/database-owner";
import { createTenant } from "@/testing/tenant";
import { SealError } from "./aes-gcm";
import { keyForUnsealing, remembered } from "./data-keys";
import { masterKeys } from "./master-keys";
import { formatSealed, parseSealed, type SealedAt, seal, unseal } from "./seal";
import { wrap } from "./wrapped-key";

const secret = "glpat-0123456789abcdefghij";
let place: SealedAt;
let sealed: Buffer;

beforeEach(async () => {
  place = await newPlace();
  sealed = await seal(db, place, secret);
});

async function newPlace(): Promise<SealedAt> {
  const { organization } = await createTenant();
  return { organizationId: organization.id, table: "accesses", column: "credential", rowId: "row_1" };
}

async function refusal(from: SealedAt, value: Buffer): Promise<SealError> {
  const answer = await unseal(db, from, value).catch((error: unknown) => error);
  if (!(answer instanceof SealError)) throw new Error(`not refused: ${inspect(answer)}`);
  return answer;
}

test.each(["", "x", "zwei Wörter\r\n\t", "\0", "\uFEFFbom", "👩‍🚗", "e\u0301 é", "y".repeat(100_000)])(
  "%j comes back",
  async (text) => {
    const value = await seal(db, place, text);
    expect(value).toHaveLength(59 + Buffer.byteLength(text));
    expect(await unseal(db, place, value)).toBe(text);
    remembered.clear();
    expect(await unseal(db, place, value)).toBe(text);
  },
);

test("a lone surrogate, which UTF-8 can't hold, is refused without being repeated", async () => {
  await expect(seal(db, place, `${secret}\uD800`)).rejects.toThrow(
    new SealError("The text to seal is not well-formed Unicode."),
  );
});

test.each(["table", "column", "rowId"] as const)("a value does not open under another %s", async (part) => {
  await refusal({ ...place, [part]: "other" }, sealed);
  await refusal({ ...place, [part]: "" }, sealed);
});

test("a value does not open in another organization", async () => {
  const elsewhere = { ...place, organizationId: (await newPlace()).organizationId };
  await refusal(elsewhere, sealed);
  await seal(db, elsewhere, "theirs");
  await refusal(elsewhere, sealed);
});

test("a data key moved to another organization does not open there", async () => {
  const elsewhere = await newPlace();
  const theirs = await seal(db, elsewhere, "theirs");
  const [ours] = await db.select().from(dataKeys).where(eq(dataKeys.organizationId, place.organizationId));
  await db
    .update(dataKeys)
    .set({ wrapped: ours?.wrapped })
    .where(eq(dataKeys.organizationId, elsewhere.organizationId));
  remembered.clear();
  await refusal(elsewhere, theirs);
});

test("two organizations with the same data key could not open each other's values", async () => {
  const elsewhere = { ...place, organizationId: (await newPlace()).organizationId };
  const id = parseSealed(await seal(db, elsewhere, "theirs")).keyId;
  const ours = await keyForUnsealing(db, place.organizationId, parseSealed(sealed).keyId);
  const wrapped = wrap(masterKeys(), { id, organizationId: elsewhere.organizationId }, ours);
  await db.update(dataKeys).set(wrapped).where(eq(dataKeys.id, id));
  remembered.clear();
  const moved = formatSealed(id, parseSealed(sealed).box);
  expect((await refusal(elsewhere, moved)).message).toContain("does not open here");
});

test("parts of a place are kept separate", async () => {
  const value = await seal(db, { ...place, table: 'a","b', column: "c" }, secret);
  await refusal({ ...place, table: "a", column: 'b","c' }, value);
});

test("each flipped bit and each truncated value is refused, with and without a cached key", async () => {
  for (let bit = 0; bit < sealed.length * 8; bit++) {
    const flipped = Buffer.from(sealed);
    flipped[bit >> 3] = (flipped[bit >> 3] ?? 0) ^ (1 << (bit & 7));
    await refusal(place, flipped);
  }
  for (let length = 0; length < sealed.length; length++) await refusal(place, sealed.subarray(0, length));
  remembered.clear();
  await refusal(place, sealed.subarray(0, -12));
  await refusal(place, Buffer.concat([sealed, Buffer.of(0)]));
});

test("a value of an unknown version is refused with its own message", async () => {
  const newer = Buffer.concat([Buffer.of(2), sealed.subarray(1)]);
  expect((await refusal(place, newer)).message).toBe("The sealed value's format is unknown.");
});

test("no refusal contains the text, the sealed value or its place", async () => {
  const errors = await Promise.all([
    refusal({ ...place, rowId: "other" }, sealed),
    refusal(await newPlace(), sealed),
    refusal(place, sealed.subarray(0, -1)),
    refusal(place, Buffer.from(secret)),
    refusal(place, Buffer.alloc(0)),
  ]);
  for (const error of errors) {
    const printed = inspect(error, { depth: 10, showHidden: true });
    expect(printed).toContain("SealError");
    for (const content of [secret, secret.slice(0, 8), place.organizationId, sealed.toString("hex", 31, 43)]) {
      expect(printed).not.toContain(content);
    }
  }
});

test("neither the text nor the data key is stored in plain text", async () => {
  const { keyId } = parseSealed(sealed);
  const dataKey = (await keyForUnsealing(db, place.organizationId, keyId)).export();
  expect(dataKey).toHaveLength(32);
  const { rows: keys } = await pool.query("select data_keys::text from data_keys");
  const stored = `${JSON.stringify([await everyRow(), keys])} ${sealed.toString("hex")}`;
  expect(stored).toContain(keyId);
  for (const clear of [Buffer.from(secret), dataKey.subarray(0, 16), dataKey.subarray(16)]) {
    for (const encoding of ["hex", "base64", "latin1"] as const) {
      expect(stored).not.toContain(clear.toString(encoding).replaceAll("=", ""));
    }
  }
});

test("the application may insert and update data keys, but not delete them", async () => {
  await expect(pool.query("delete from data_keys")).rejects.toThrow("permission denied");
  await expect(pool.query("truncate data_keys")).rejects.toThrow("permission denied");
});
