import { eq } from "drizzle-orm";
import { beforeAll, expect, test, vi } from "vitest";
import { db } from "@/db/client";
import { environments } from "@/db/schema";
import { remembered } from "@/lib/crypto/data-keys";
import { readMasterKeys } from "@/lib/crypto/master-keys";
import { rotateDataKeys } from "@/lib/crypto/rotate";
import { SealError } from "@/lib/crypto/seal-error";
import { readSessionContext } from "@/lib/sessions/context";
import { createToken, type TestToken } from "@/lib/testing/access-tokens";
import { createTenant, type Tenant } from "@/lib/testing/tenant";
import { setVariable } from "./change";

let tenant: Tenant;

beforeAll(async () => {
  tenant = await createTenant();
});

async function tokenWith(value: string): Promise<TestToken> {
  const { admin, scope } = tenant.group;
  const token = await createToken(admin, scope);
  await setVariable(admin, scope, token.id, { name: "NAME", value });
  return token;
}

test("what is sealed for one token doesn't open in another's row", async () => {
  const [mine, theirs] = [await tokenWith("mine"), await tokenWith("theirs")];
  const [row] = await db.select().from(environments).where(eq(environments.accessTokenId, theirs.id));
  await db.update(environments).set({ sealedValues: row?.sealedValues }).where(eq(environments.accessTokenId, mine.id));
  await expect(readSessionContext(mine.actor, mine)).rejects.toThrow(SealError);
  expect(await readSessionContext(theirs.actor, theirs)).toEqual({ NAME: "theirs" });
});

test("after the master keys are rotated the values open with the new one alone, and are not sealed anew", async () => {
  const token = await tokenWith("a value");
  const sealed = await db.select().from(environments);
  const next = `next:${Buffer.alloc(32, 9).toString("base64")}`;
  const { rewrapped, unreadable } = await rotateDataKeys(
    db,
    readMasterKeys(`${next},${process.env.ENCRYPTION_KEYS ?? ""}`),
  );
  expect({ rewrapped, unreadable }).toEqual({ rewrapped: expect.any(Number), unreadable: [] });
  expect(rewrapped).toBeGreaterThan(0);
  expect(await db.select().from(environments)).toEqual(sealed);

  remembered.clear();
  await expect(readSessionContext(token.actor, token)).rejects.toThrow(SealError);
  vi.resetModules();
  vi.stubEnv("ENCRYPTION_KEYS", next);
  const restarted = await import("@/lib/sessions/context");
  expect(await restarted.readSessionContext(token.actor, token)).toEqual({ NAME: "a value" });
  vi.unstubAllEnvs();
});
