import { eq } from "drizzle-orm";
import { beforeAll, describe, expect, test, vi } from "vitest";
import { db } from "@/db/client";
import { dataKeys, environments } from "@/db/schema";
import { SealError } from "@/lib/crypto/aes-gcm";
import { remembered } from "@/lib/crypto/data-keys";
import { readMasterKeys } from "@/lib/crypto/master-keys";
import { rotateDataKeys } from "@/lib/crypto/rotate";
import { readSessionContext } from "@/lib/session-context/context";
import { createSessionByProvider, findSession } from "@/lib/sign-in/sessions";
import { createToken, type TestToken } from "@/testing/access-tokens";
import { refusal } from "@/testing/refusal";
import { recorded, refusalsIn } from "@/testing/refusals";
import { createTenant, type Tenant } from "@/testing/tenant";
import { removeVariable, setVariable } from "./change";
import { applyDotenv } from "./dotenv-import";
import { listVariables } from "./queries";

let tenant: Tenant;

beforeAll(async () => {
  tenant = await createTenant();
});

async function tokenWith(value: string): Promise<TestToken> {
  const { admin, scope } = tenant.group;
  const token = await createToken(admin, scope);
  await setVariable(admin, token.id, { name: "NAME", value });
  return token;
}

test("values sealed for one token can't be unsealed in another's row", async () => {
  const [mine, theirs] = [await tokenWith("mine"), await tokenWith("theirs")];
  const [row] = await db.select().from(environments).where(eq(environments.accessTokenId, theirs.id));
  await db.update(environments).set({ sealedValues: row?.sealedValues }).where(eq(environments.accessTokenId, mine.id));
  await expect(readSessionContext(mine.actor, mine)).rejects.toThrow(SealError);
  const refused = await refusal(readSessionContext(mine.actor, mine));
  expect(refused).toMatchObject({ code: "conflict", message: expect.stringMatching(/can’t be read.*\.env text/) });
  expect(await readSessionContext(theirs.actor, theirs)).toEqual({ NAME: "theirs" });
  const [event, ...others] = await recorded(tenant.organization.id, "sealed_value.refused", 1);
  expect(event).toMatchObject({
    actorId: mine.actor.userId,
    groupId: null,
    subjectId: mine.id,
    detail: { table: "environments", column: "sealed_values", row_id: mine.id },
  });
  expect(others).toEqual([]);
});

describe("variables whose values can't be unsealed", () => {
  const spoil = (token: TestToken) =>
    db
      .update(environments)
      .set({ sealedValues: Buffer.from("what no key opens") })
      .where(eq(environments.accessTokenId, token.id));

  test("can be replaced all at once, but not one by one", async () => {
    const { admin } = tenant.group;
    const token = await tokenWith("a value");
    await setVariable(admin, token.id, { name: "OTHER", value: "another" });
    await spoil(token);
    for (const name of ["NAME", "NEW"]) {
      const refused = await refusal(setVariable(admin, token.id, { name, value: "next" }));
      expect(refused).toMatchObject({ code: "conflict", message: expect.stringContaining("can’t be read") });
    }
    expect(await refusal(removeVariable(admin, token.id, { name: "OTHER" }))).toMatchObject({
      code: "conflict",
    });
    const { variables } = await listVariables(admin, token.id);
    const expected = Object.fromEntries(variables.map(({ name, revision }) => [name, revision]));
    await applyDotenv(admin, token.id, { text: "NAME=1\nOTHER=2\nTHIRD=3", expected, leaveOutRefused: false });
    expect(await readSessionContext(token.actor, token)).toEqual({ NAME: "1", OTHER: "2", THIRD: "3" });
  });

  test("can be removed with the last of them", async () => {
    const { admin } = tenant.group;
    const token = await tokenWith("a value");
    await spoil(token);
    await removeVariable(admin, token.id, { name: "NAME" });
    expect(await readSessionContext(token.actor, token)).toEqual({});
  });
});

test("a damaged data key is reported, and nothing is recorded or changed", async () => {
  const broken = await createTenant();
  const { admin, scope, id } = broken.group;
  const token = await createToken(admin, scope);
  await setVariable(admin, token.id, { name: "NAME", value: "a value" });
  const ofBroken = eq(dataKeys.organizationId, broken.organization.id);
  const [key] = await db.select().from(dataKeys).where(ofBroken);
  await db
    .update(dataKeys)
    .set({ wrapped: Buffer.alloc(61, 1) })
    .where(ofBroken);
  remembered.clear();
  const refused = { code: "unavailable", message: expect.stringContaining("Tell your operator"), errors: [] };
  expect(await refusal(readSessionContext(token.actor, token))).toEqual(refused);
  expect(await refusal(setVariable(admin, token.id, { name: "NAME", value: "next" }))).toEqual(refused);
  // The person can still sign in, since they may have other organizations.
  const session = await createSessionByProvider(admin.userId);
  expect(await findSession(session)).toMatchObject({ userId: admin.userId });
  expect(await refusalsIn(broken.organization.id, "sign_in.succeeded")).toEqual([]);
  await db.update(dataKeys).set({ wrapped: key?.wrapped }).where(ofBroken);
  expect(await readSessionContext(token.actor, token)).toEqual({ NAME: "a value" });
  expect((await refusalsIn(id, "environment_variable.replaced")).length).toBe(0);
});

test("after a rotation the values open with the new master key only, without being sealed again", async () => {
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
  const restarted = await import("@/lib/session-context/context");
  expect(await restarted.readSessionContext(token.actor, token)).toEqual({ NAME: "a value" });
  vi.unstubAllEnvs();
});
