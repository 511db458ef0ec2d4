import { eq, sql } from "drizzle-orm";
import { describe, expect, test } from "vitest";
import { db } from "@/db/client";
import { accessTokenSecrets } from "@/db/schema";
import { createToken, inDays, type TestToken } from "@/testing/access-tokens";
import { eventsOn } from "@/testing/audit";
import { refusal } from "@/testing/refusal";
import { createTenant } from "@/testing/tenant";
import { authenticateAccessToken } from "../authenticate";
import { getAccessToken } from "../queries";
import { hashSecret } from "../secret";
import { retireEndedSecrets } from "../secrets/retire";
import { cancelRotation, completeRotation } from "./end";
import type { RotateAccessTokenInput } from "./input";
import { rotateAccessToken } from "./rotate";

async function createScene(options: Parameters<typeof createToken>[2] = { expiresAt: inDays(100) }) {
  const tenant = await createTenant();
  const { admin, scope } = tenant.group;
  const token = await createToken(admin, scope, options);
  const rotate = (input: Partial<RotateAccessTokenInput> = {}, key?: string) =>
    rotateAccessToken(admin, token.id, { oldSecret: "on_first_use", ...input }, key);
  return { ...tenant, admin, scope, token, rotate };
}

const isGood = async (secret: string) => (await authenticateAccessToken(secret)) !== undefined;

/** Seconds until the secret ends by the database's clock; null if it has no end of its own. */
async function secondsLeft(secret: string): Promise<number | null> {
  const [row] = await db
    .select({ left: sql<number | null>`extract(epoch from ${accessTokenSecrets.endsAt} - now())::float8` })
    .from(accessTokenSecrets)
    .where(eq(accessTokenSecrets.hash, hashSecret(secret)));
  if (!row) throw new Error("the secret is gone");
  return row.left;
}

const day = 86_400;

/** Lets the secret's end pass. */
async function endNow(secret: string): Promise<void> {
  await db
    .update(accessTokenSecrets)
    .set({ endsAt: sql`now() - interval '1 second'` })
    .where(eq(accessTokenSecrets.hash, hashSecret(secret)));
}

async function actions({ id }: Pick<TestToken, "id">): Promise<string[]> {
  return (await eventsOn(id)).map(({ action }) => action.replace("access_token.", ""));
}

test("both secrets are good after a rotation, and authenticate the same technical user", async () => {
  const { token, rotate } = await createScene();
  const rotated = await rotate();
  expect(rotated.secret).not.toBe(token.secret);
  const by = [await authenticateAccessToken(token.secret), await authenticateAccessToken(rotated.secret)];
  expect(by.map((found) => found?.actor)).toEqual([token.actor, token.actor]);
  expect(by.map((found) => found?.token.role)).toEqual([token.role, token.role]);
});

describe("the default", () => {
  test("gives the old secret 30 days, and an hour from the first use of the new one", async () => {
    const { token, rotate, admin } = await createScene();
    const { secret, token: rotated } = await rotate();
    expect(rotated).toMatchObject({
      tokenSuffix: secret.slice(-4),
      retiringSecret: { tokenSuffix: token.tokenSuffix, lastUsedAt: null },
    });
    expect(await secondsLeft(token.secret)).toBeCloseTo(30 * day, -3);
    await authenticateAccessToken(token.secret);
    expect(await secondsLeft(token.secret)).toBeCloseTo(30 * day, -3);

    const first = await authenticateAccessToken(secret);
    const left = await secondsLeft(token.secret);
    expect(left).toBeGreaterThan(3500);
    expect(left).toBeLessThanOrEqual(3600);
    const { retiringSecret } = await getAccessToken(admin, token.id);
    expect(first?.token.retiringSecret).toEqual(retiringSecret);
    expect(await isGood(token.secret)).toBe(true);
    await endNow(token.secret);
    expect(await isGood(token.secret)).toBe(false);
    expect(await isGood(secret)).toBe(true);
    expect((await getAccessToken(admin, token.id)).retiringSecret).toBeNull();
  });
});
