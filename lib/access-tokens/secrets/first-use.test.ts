import { expect, test, vi } from "vitest";
import { db } from "@/db/client";
import { expire } from "@/testing/access-tokens";
import { eventsOn } from "@/testing/audit";
import { withBrokenAuditLog } from "@/testing/database/database-owner";
import { hold } from "@/testing/database/locks";
import { createRotationScene, isGood, letEnd, secondsLeft, storedSecret } from "@/testing/rotation/rotations";
import { getTokenActivity } from "../activity/queries";
import { authenticateAccessToken } from "../authenticate";
import { revokeAccessToken } from "../change";
import { writtenHash } from "../secret";
import { flushUses } from "../uses/record";
import { recordFirstUse } from "./first-use";

test("a first use is recorded once, by the technical user, with the old secret's end", async () => {
  const { token, rotate, actions } = await createRotationScene();
  const { secret } = await rotate();
  for (let time = 0; time < 3; time++) await authenticateAccessToken(secret);
  expect(await actions()).toEqual(["created", "rotated", "secret_first_used"]);
  const stored = await storedSecret(token.secret);
  expect((await eventsOn(token.id)).at(-1)).toEqual({
    action: "access_token.secret_first_used",
    actorId: token.actor.userId,
    detail: {
      token_suffix: secret.slice(-4),
      old_token_suffix: token.tokenSuffix,
      old_secret_ends_at: stored?.endsAt?.toISOString(),
    },
  });
  expect(await storedSecret(secret)).toMatchObject({ firstUsedAt: expect.any(Date), lastUsedAt: expect.any(Date) });
});

test("a first use counts once", async () => {
  const { token, rotate } = await createRotationScene();
  const { secret } = await rotate();
  await authenticateAccessToken(secret);
  await flushUses();
  const { days } = await getTokenActivity(token.actor, token.id);
  expect(days.reduce((sum, { uses }) => sum + uses, 0)).toBe(1);
});

test("no later use writes, nor any use of a secret that replaces none", async () => {
  const { token, rotate } = await createRotationScene();
  const { secret } = await rotate();
  await authenticateAccessToken(secret);
  const transaction = vi.spyOn(db, "transaction");
  for (const used of [secret, token.secret]) await authenticateAccessToken(used);
  expect(transaction).not.toHaveBeenCalled();
  transaction.mockRestore();
});

test("a first use that can't be recorded is answered, and the next one tries again", async () => {
  const { token, rotate, actions } = await createRotationScene();
  const { secret } = await rotate();
  await withBrokenAuditLog(async () => {
    expect(await authenticateAccessToken(secret)).toMatchObject({ actor: token.actor });
  });
  expect(await secondsLeft(token.secret)).toBeGreaterThan(86_400);
  expect(await actions()).toEqual(["created", "rotated"]);
  await authenticateAccessToken(secret);
  expect(await secondsLeft(token.secret)).toBeLessThanOrEqual(3600);
});

test("a first use does not wait for long until the token is free", async () => {
  const { token, rotate, actions } = await createRotationScene();
  const { secret } = await rotate();
  const release = await hold("select from access_tokens where id = $1 for update", token.id);
  expect(await authenticateAccessToken(secret)).toMatchObject({ actor: token.actor });
  await release();
  expect(await actions()).toEqual(["created", "rotated"]);
  expect(await isGood(secret)).toBe(true);
  expect(await actions()).toEqual(["created", "rotated", "secret_first_used"]);
});

test("a first use after the old secret's end says nothing of it", async () => {
  const { token, rotate } = await createRotationScene();
  const { secret } = await rotate();
  await letEnd(token.secret);
  await authenticateAccessToken(secret);
  expect((await eventsOn(token.id)).at(-1)?.detail).toEqual({ token_suffix: secret.slice(-4) });
  expect(await secondsLeft(token.secret)).toBeLessThan(0);
});

test("a new secret that is used only after the next rotation leaves the secrets' ends alone", async () => {
  const { token, rotate } = await createRotationScene();
  const second = await rotate();
  await letEnd(token.secret);
  const third = await rotate();
  await authenticateAccessToken(second.secret);
  expect(await secondsLeft(second.secret)).toBeGreaterThan(86_400);
  await authenticateAccessToken(third.secret);
  expect(await secondsLeft(second.secret)).toBeLessThanOrEqual(3600);
});

test("first uses at the same time share one attempt", async () => {
  const { token, rotate, actions } = await createRotationScene();
  const { secret } = await rotate();
  const transaction = vi.spyOn(db, "transaction");
  const uses = Array.from({ length: 20 }, () => recordFirstUse({ actor: token.actor, token }, writtenHash(secret)));
  expect(transaction).toHaveBeenCalledTimes(1);
  transaction.mockRestore();
  await Promise.all(uses);
  expect(await actions()).toEqual(["created", "rotated", "secret_first_used"]);
});

test("a use is no first use if the token was revoked or has expired meanwhile", async () => {
  for (const end of ["revoke", "expire"] as const) {
    const { admin, token, rotate, actions } = await createRotationScene();
    const { secret } = await rotate();
    await (end === "revoke" ? revokeAccessToken(admin, token.id) : expire(token.id));
    const before = await actions();
    await recordFirstUse({ actor: token.actor, token }, writtenHash(secret));
    expect(await actions()).toEqual(before);
    expect(await secondsLeft(token.secret)).toBeGreaterThan(86_400);
  }
});
