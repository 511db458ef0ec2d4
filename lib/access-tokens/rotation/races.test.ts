import { eq } from "drizzle-orm";
import { expect, test } from "vitest";
import { db } from "@/db/client";
import { accessTokenSecrets } from "@/db/schema";
import { hold, waitForLockWaiters } from "@/testing/database/locks";
import { outcomes, refusal } from "@/testing/refusal";
import { createRotationScene, isGood, letEnd, storedSecret } from "@/testing/rotation/rotations";
import { authenticateAccessToken } from "../authenticate";
import { deleteAccessToken, revokeAccessToken } from "../change";
import { cancelRotation, completeRotation } from "./end";
import { rotateAccessToken } from "./rotate";

const rounds = 10;

test("of two rotations at once, one takes effect", async () => {
  for (let round = 0; round < rounds; round++) {
    const { token, rotate, actions } = await createRotationScene();
    expect(await outcomes([rotate(), rotate()])).toEqual({ done: 1, rotation_pending: 1 });
    expect(await actions()).toEqual(["created", "rotated"]);
    expect(await db.$count(accessTokenSecrets, eq(accessTokenSecrets.accessTokenId, token.id))).toBe(2);
  }
});

test("a rotation beside a revocation leaves no secret that is good", async () => {
  for (let round = 0; round < rounds; round++) {
    const { admin, token, rotate, actions } = await createRotationScene();
    const rotation = rotate();
    const ended = await outcomes([rotation, revokeAccessToken(admin, token.id)]);
    const rotatedFirst = ended.done === 2;
    expect(ended).toEqual(rotatedFirst ? { done: 2 } : { done: 1, conflict: 1 });
    expect(await actions()).toEqual(rotatedFirst ? ["created", "rotated", "revoked"] : ["created", "revoked"]);
    expect(await isGood(token.secret)).toBe(false);
    if (rotatedFirst) expect(await isGood((await rotation).secret)).toBe(false);
  }
});

test("a rotation that waits for a revocation is refused", async () => {
  const { token, rotate } = await createRotationScene();
  const release = await hold("update access_tokens set revoked_at = now() where id = $1", token.id);
  const refused = refusal(rotate());
  await waitForLockWaiters(1);
  await release();
  expect(await refused).toMatchObject({ code: "conflict" });
});

test("a rotation that waits for another one sees its new secret", async () => {
  const { token, rotate } = await createRotationScene();
  const release = await hold("select from access_tokens where id = $1 for update", token.id);
  const answers = outcomes([rotate(), rotate()]);
  await waitForLockWaiters(2);
  await release();
  expect(await answers).toEqual({ done: 1, rotation_pending: 1 });
});

test("a rotation beside a deletion leaves nothing", async () => {
  for (let round = 0; round < rounds; round++) {
    const { admin, token, rotate } = await createRotationScene();
    const ended = await outcomes([rotate(), deleteAccessToken(admin, token.id)]);
    expect([{ done: 2 }, { done: 1, not_found: 1 }]).toContainEqual(ended);
    expect(await db.$count(accessTokenSecrets, eq(accessTokenSecrets.accessTokenId, token.id))).toBe(0);
  }
});

test("of the new secret's first use and the decision to keep the old one, the first counts", async () => {
  for (let round = 0; round < rounds; round++) {
    const { admin, token, rotate, actions } = await createRotationScene();
    const { secret } = await rotate();
    const [ended] = await Promise.all([outcomes([cancelRotation(admin, token.id)]), authenticateAccessToken(secret)]);
    const isKept = ended.done === 1;
    expect(ended).toEqual(isKept ? { done: 1 } : { conflict: 1 });
    expect(await actions()).toEqual(["created", "rotated", isKept ? "rotation_cancelled" : "secret_first_used"]);
    expect(await isGood(secret)).toBe(!isKept);
    expect(await isGood(token.secret)).toBe(true);
    expect((await storedSecret(token.secret))?.endsAt === null).toBe(isKept);
  }
});

test("a first use that waits for the decision to keep the old secret is refused", async () => {
  const { admin, token, rotate, actions } = await createRotationScene();
  const { secret } = await rotate();
  const release = await hold("select from access_tokens where id = $1 for update", token.id);
  const kept = cancelRotation(admin, token.id);
  await waitForLockWaiters(1);
  const used = authenticateAccessToken(secret);
  await waitForLockWaiters(2);
  await release();
  await kept;
  expect(await used).toBeUndefined();
  expect(await actions()).toEqual(["created", "rotated", "rotation_cancelled"]);
});

test("of many first uses at once, one is recorded", async () => {
  const { rotate, actions } = await createRotationScene();
  const { secret } = await rotate();
  const uses = await Promise.all(Array.from({ length: 20 }, () => authenticateAccessToken(secret)));
  expect(uses.filter(Boolean)).toHaveLength(20);
  expect(await actions()).toEqual(["created", "rotated", "secret_first_used"]);
});

test("of many decisions at once, one takes effect", async () => {
  const { admin, token, rotate, actions } = await createRotationScene();
  await rotate();
  const decisions = Array.from({ length: 10 }, (_, one) =>
    (one % 2 ? completeRotation : cancelRotation)(admin, token.id),
  );
  expect(await outcomes(decisions)).toEqual({ done: 1, conflict: 9 });
  expect(await actions()).toHaveLength(3);
});

test.each(["now", "completed", "at its end"] as const)(
  "a request that began with a secret that has ended %s gets no new secret, nor ends another one's rotation",
  async (how) => {
    const { admin, token, rotate, actions } = await createRotationScene();
    const began = await authenticateAccessToken(token.secret);
    if (!began) throw new Error("the secret is not good");
    const { secret } = await rotate(how === "now" ? { oldSecret: "now" } : {});
    if (how === "completed") await completeRotation(admin, token.id);
    if (how === "at its end") await letEnd(token.secret);
    const before = await actions();
    const commands = [
      rotateAccessToken(began.actor, token.id, { oldSecret: "on_first_use" }),
      completeRotation(began.actor, token.id),
      cancelRotation(began.actor, token.id),
    ];
    expect(await outcomes(commands)).toEqual({ unauthenticated: 3 });
    expect(await actions()).toEqual(before);
    expect([await isGood(token.secret), await isGood(secret)]).toEqual([false, true]);
  },
);
