import { describe, expect, test } from "vitest";
import { eventsOn } from "@/testing/audit";
import { everyRow } from "@/testing/database/database-owner";
import { refusal } from "@/testing/refusal";
import { createRotationScene, isGood, letEnd, secondsLeft, storedSecret } from "@/testing/rotation/rotations";
import { authenticateAccessToken } from "../authenticate";
import { revokeAccessToken } from "../change";
import { getAccessToken } from "../queries";
import { flushUses } from "../uses/record";
import { cancelRotation, completeRotation } from "./end";
import { getPendingRotation } from "./queries";

describe("ending the old secret now", () => {
  test("refuses it, and is recorded", async () => {
    const { admin, token, rotate, actions } = await createRotationScene();
    const { secret, token: rotated } = await rotate();
    const completed = await completeRotation(admin, token.id, [rotated.revision]);
    expect(completed).toEqual({ ...rotated, retiringSecret: null, revision: expect.any(String) });
    expect(completed.revision).not.toBe(rotated.revision);
    expect([await isGood(token.secret), await isGood(secret)]).toEqual([false, true]);
    expect(await actions()).toEqual(["created", "rotated", "secret_retired", "secret_first_used"]);
    expect((await eventsOn(token.id))[2]).toMatchObject({
      actorId: admin.userId,
      detail: { token_suffix: token.tokenSuffix, ended_by: "hand" },
    });
  });

  test("is done by the token itself, whatever its role, and after the first use", async () => {
    const { token, rotate } = await createRotationScene();
    const { secret } = await rotate();
    await authenticateAccessToken(secret);
    await completeRotation(token.actor, token.id);
    expect([await isGood(token.secret), await isGood(secret)]).toEqual([false, true]);
  });

  test("is done while the token is revoked", async () => {
    const { admin, token, rotate } = await createRotationScene();
    await rotate();
    await revokeAccessToken(admin, token.id);
    expect((await completeRotation(admin, token.id)).status).toBe("revoked");
  });
});

describe("keeping the old secret", () => {
  test("discards the new one, and the old one has no end any more", async () => {
    const { admin, token, rotate, actions } = await createRotationScene();
    const { actor: _, secret: _old, ...before } = token;
    const { secret, token: rotated } = await rotate();
    const kept = await cancelRotation(admin, token.id, [rotated.revision]);
    expect(kept).toEqual({ ...before, revision: expect.any(String) });
    expect(kept.revision).not.toBe(rotated.revision);
    expect([await isGood(token.secret), await isGood(secret)]).toEqual([true, false]);
    expect(await secondsLeft(token.secret)).toBeNull();
    expect(await storedSecret(secret)).toMatchObject({ endsBy: "hand", isRetired: true });
    expect(await actions()).toEqual(["created", "rotated", "rotation_cancelled"]);
    expect((await eventsOn(token.id)).at(-1)).toMatchObject({
      actorId: admin.userId,
      detail: { token_suffix: token.tokenSuffix, discarded_token_suffix: secret.slice(-4) },
    });
  });

  test("leaves a token that can be rotated again", async () => {
    const { admin, token, rotate } = await createRotationScene();
    for (let time = 0; time < 3; time++) {
      await rotate();
      await cancelRotation(admin, token.id);
    }
    const { secret } = await rotate();
    expect([await isGood(token.secret), await isGood(secret)]).toEqual([true, true]);
  });

  test("is refused once the new one was used", async () => {
    const { admin, token, rotate } = await createRotationScene();
    const { secret } = await rotate();
    await authenticateAccessToken(secret);
    const before = await everyRow();
    expect(await refusal(cancelRotation(admin, token.id))).toEqual({
      code: "conflict",
      message: "The new secret has been used already, so the old one can't be kept.",
      errors: [],
    });
    expect(await everyRow()).toEqual(before);
  });
});

describe.each([
  ["ending the old secret", completeRotation],
  ["keeping the old secret", cancelRotation],
])("%s", (_what, command) => {
  test("is a conflict where no rotation is pending", async () => {
    const { admin, token, rotate } = await createRotationScene();
    const before = await everyRow();
    expect(await refusal(command(admin, token.id))).toMatchObject({ code: "conflict" });
    expect(await everyRow()).toEqual(before);
    await rotate();
    await letEnd(token.secret);
    expect(await refusal(command(admin, token.id))).toMatchObject({ code: "conflict" });
  });

  test("is refused with another revision", async () => {
    const { admin, token, rotate } = await createRotationScene();
    await rotate();
    expect(await refusal(command(admin, token.id, [token.revision]))).toMatchObject({ code: "precondition_failed" });
  });
});

describe("a pending rotation", () => {
  test("is shown with both secrets and their last uses", async () => {
    const { admin, token, rotate } = await createRotationScene();
    expect(await getPendingRotation(admin, token.id)).toBeUndefined();
    const { secret, token: rotated } = await rotate();
    await authenticateAccessToken(token.secret);
    await flushUses();
    expect(await getPendingRotation(admin, token.id)).toEqual({
      current: { tokenSuffix: secret.slice(-4), createdAt: expect.any(Date), lastUsedAt: null },
      retiring: {
        tokenSuffix: token.tokenSuffix,
        createdAt: token.createdAt,
        lastUsedAt: expect.any(Date),
        endsAt: rotated.retiringSecret?.endsAt,
        endsAnHourAfterFirstUse: true,
      },
      isUsed: false,
    });
    await authenticateAccessToken(secret);
    expect(await getPendingRotation(token.actor, token.id)).toMatchObject({
      current: { lastUsedAt: expect.any(Date) },
      isUsed: true,
    });
    await letEnd(token.secret);
    expect(await getPendingRotation(admin, token.id)).toBeUndefined();
  });

  test("shows when the old secret was used before it", async () => {
    const { admin, token, rotate } = await createRotationScene();
    await authenticateAccessToken(token.secret);
    await flushUses();
    const { lastUsedAt } = await getAccessToken(admin, token.id);
    const { secret } = await rotate();
    expect((await getPendingRotation(admin, token.id))?.retiring.lastUsedAt).toEqual(lastUsedAt);
    // The next rotation's old secret was not used, only the one before it.
    await letEnd(token.secret);
    await rotate();
    expect(await storedSecret(secret)).toMatchObject({ lastUsedAt: null });
  });

  test("has its secrets' last uses, and the latest of them is the token's", async () => {
    const { admin, token, rotate } = await createRotationScene();
    const { secret } = await rotate();
    await authenticateAccessToken(secret);
    await flushUses();
    await authenticateAccessToken(token.secret);
    await flushUses();
    const pending = await getPendingRotation(admin, token.id);
    const { lastUsedAt, retiringSecret } = await getAccessToken(admin, token.id);
    expect(pending?.retiring.lastUsedAt).toEqual(lastUsedAt);
    expect(retiringSecret?.lastUsedAt).toEqual(lastUsedAt);
    expect(pending?.current.lastUsedAt?.getTime()).toBeLessThanOrEqual(lastUsedAt?.getTime() ?? 0);
  });
});
