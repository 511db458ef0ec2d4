import { eq } from "drizzle-orm";
import { describe, expect, test } from "vitest";
import { db } from "@/db/client";
import { trustedPipelines } from "@/db/schema";
import { listAccessTokens } from "@/lib/access-token-list/queries";
import { expire } from "@/testing/access-tokens";
import { eventsOn } from "@/testing/audit";
import { everyRow, withBrokenAuditLog } from "@/testing/database/database-owner";
import { pipelineSecret, trustPipeline } from "@/testing/pipelines/pipelines";
import { outcomes, refusal } from "@/testing/refusal";
import { from, recorded } from "@/testing/refusals";
import { createRotationScene, isGood, letEnd, storedSecret } from "@/testing/rotation/rotations";
import { authenticateAccessToken } from "../authenticate";
import { deleteAccessToken, reactivateAccessToken, revokeAccessToken } from "../change";
import { consequencesOf, getAccessToken } from "../queries";
import { deleteSecret } from "./delete-secret";
import { cancelRotation, completeRotation } from "./end";
import { getPendingRotation } from "./queries";

async function createScene() {
  const scene = await createRotationScene();
  const trust = await trustPipeline(scene.token);
  return { ...scene, trust, pipeline: await pipelineSecret(scene.token, trust) };
}

/** The same without a secret. */
async function createSecretless() {
  const scene = await createScene();
  return { ...scene, without: await deleteSecret(scene.admin, scene.token.id) };
}

describe("deleting the secret", () => {
  test("refuses it from now on, and pipelines go on", async () => {
    const { admin, token, pipeline } = await createScene();
    const { actor: _, secret, ...before } = token;
    const without = await deleteSecret(admin, token.id, [token.revision]);
    expect(without).toEqual({ ...before, tokenSuffix: null, revision: expect.any(String) });
    expect(without.revision).not.toBe(token.revision);
    expect(await getAccessToken(admin, token.id)).toEqual(without);
    expect([await isGood(secret), await isGood(pipeline)]).toEqual([false, true]);
    expect((await authenticateAccessToken(pipeline))?.token).toEqual(without);
    expect(await storedSecret(secret)).toMatchObject({ endsBy: "hand", isRetired: true });
  });

  test("is recorded, and so is a later use of the secret", async () => {
    const { admin, group, token, actions } = await createSecretless();
    expect(await actions()).toEqual(["created", "secret_deleted"]);
    expect((await eventsOn(token.id)).at(-1)).toMatchObject({
      actorId: admin.userId,
      detail: { token_suffix: token.tokenSuffix },
    });
    await from(() => authenticateAccessToken(token.secret));
    const [event] = await recorded(group.id, "access_token.retired_secret_used", 1);
    expect(event?.detail).toEqual({ token_suffix: token.tokenSuffix, ended_at: expect.any(String) });
  });

  test("ends a retiring secret too", async () => {
    const { admin, token, rotate, actions, pipeline } = await createScene();
    const { secret } = await rotate();
    const without = await deleteSecret(admin, token.id);
    expect(without).toMatchObject({ tokenSuffix: null, retiringSecret: null });
    expect(await Promise.all([token.secret, secret, pipeline].map(isGood))).toEqual([false, false, true]);
    expect(await actions()).toEqual(["created", "rotated", "secret_retired", "secret_deleted"]);
    expect(await getPendingRotation(admin, token.id)).toBeUndefined();
  });

  test("records the end of an old secret that the background has not recorded yet", async () => {
    const { admin, token, rotate, actions } = await createScene();
    await rotate();
    await letEnd(token.secret, "1 hour");
    const { endsAt } = (await storedSecret(token.secret)) ?? {};
    await deleteSecret(admin, token.id);
    expect(await actions()).toEqual(["created", "rotated", "secret_retired", "secret_deleted"]);
    expect(await storedSecret(token.secret)).toMatchObject({ endsAt, endsBy: "use", isRetired: true });
  });

  test("is a conflict where no pipeline is trusted, or the secret is deleted already", async () => {
    const { admin, token, trust } = await createScene();
    await db.delete(trustedPipelines).where(eq(trustedPipelines.id, trust.id));
    const before = await everyRow();
    expect(await refusal(deleteSecret(admin, token.id))).toEqual({
      code: "conflict",
      message:
        "This access token has no trusted pipeline, so without its secret nothing could use it. Revoke or delete the token instead.",
      errors: [],
    });
    expect(await everyRow()).toEqual(before);
    expect(await isGood(token.secret)).toBe(true);

    const { admin: other, token: deleted } = await createSecretless();
    const after = await everyRow();
    expect(await refusal(deleteSecret(other, deleted.id))).toEqual({
      code: "conflict",
      message: "This access token has no secret: it was deleted already.",
      errors: [],
    });
    expect(await everyRow()).toEqual(after);
  });

  test("is not for the token itself, with its secret or by a pipeline", async () => {
    const { token, pipeline } = await createScene();
    expect(await refusal(deleteSecret(token.actor, token.id))).toEqual({
      code: "forbidden",
      message: "An access token can't delete its own secret: a person can.",
      errors: [],
    });
    const byPipeline = await authenticateAccessToken(pipeline);
    if (!byPipeline) throw new Error("the pipeline was refused");
    expect(await refusal(deleteSecret(byPipeline.actor, token.id))).toMatchObject({ code: "forbidden" });
    expect(await isGood(token.secret)).toBe(true);
  });

  test("is refused with another revision", async () => {
    const { admin, token, rotate } = await createScene();
    await rotate();
    expect(await refusal(deleteSecret(admin, token.id, [token.revision]))).toMatchObject({
      code: "precondition_failed",
    });
    expect(await isGood(token.secret)).toBe(true);
  });

  test("is undone if it can't be recorded", async () => {
    const { admin, token } = await createScene();
    await withBrokenAuditLog(async () => {
      await expect(deleteSecret(admin, token.id)).rejects.toThrow();
    });
    expect(await isGood(token.secret)).toBe(true);
    expect((await getAccessToken(admin, token.id)).tokenSuffix).toBe(token.tokenSuffix);
  });

  test("at once with a rotation leaves no secret or the new one, and never the old one alone", async () => {
    const { admin, token, rotate } = await createScene();
    const [rotated, deleted] = await Promise.allSettled([rotate(), deleteSecret(admin, token.id)]);
    expect([rotated.status, deleted.status]).toEqual(["fulfilled", "fulfilled"]);
    const { tokenSuffix } = await getAccessToken(admin, token.id);
    const made = rotated.status === "fulfilled" ? rotated.value.secret : "";
    expect(await isGood(token.secret)).toBe(false);
    expect(tokenSuffix).toBe((await isGood(made)) ? made.slice(-4) : null);
  });

  test("many times at once is done once", async () => {
    const { admin, token } = await createScene();
    const deletions = Array.from({ length: 5 }, () => deleteSecret(admin, token.id));
    expect(await outcomes(deletions)).toEqual({ done: 1, conflict: 4 });
  });
});

describe("a token without a secret", () => {
  test("gets one by a rotation, and nothing retires", async () => {
    const { admin, token, without, rotate, actions, pipeline } = await createSecretless();
    const { secret, token: rotated } = await rotate({}, undefined, [without.revision]);
    expect(rotated).toEqual({ ...without, tokenSuffix: secret.slice(-4), revision: expect.any(String) });
    expect(await Promise.all([token.secret, secret, pipeline].map(isGood))).toEqual([false, true, true]);
    expect(await actions()).toEqual(["created", "secret_deleted", "rotated", "secret_first_used"]);
    const [, , rotation, firstUse] = await eventsOn(token.id);
    expect(rotation?.detail).toEqual({ token_suffix: secret.slice(-4) });
    expect(firstUse?.detail).toEqual({ token_suffix: secret.slice(-4) });
    expect(await getPendingRotation(admin, token.id)).toBeUndefined();
  });

  test.each([["now"], ["on_first_use"]] as const)("ends no old secret with %s", async (oldSecret) => {
    const { rotate, actions } = await createSecretless();
    const { token } = await rotate({ oldSecret });
    expect(token.retiringSecret).toBeNull();
    expect(await actions()).toEqual(["created", "secret_deleted", "rotated"]);
  });

  test("is rotated again with the same key after a lost answer, until the new secret is used", async () => {
    const { rotate, token, actions } = await createSecretless();
    const lost = await rotate({}, "key");
    const again = await rotate({}, "key");
    expect(await Promise.all([lost.secret, again.secret].map(isGood))).toEqual([false, true]);
    expect(again.token.retiringSecret).toBeNull();
    expect((await eventsOn(token.id)).at(-2)?.detail).toEqual({
      token_suffix: again.secret.slice(-4),
      discarded_token_suffix: lost.secret.slice(-4),
    });
    expect(await refusal(rotate({}, "key"))).toMatchObject({ code: "conflict" });
    expect(await isGood(again.secret)).toBe(true);
    expect(await actions()).toEqual(["created", "secret_deleted", "rotated", "rotated", "secret_first_used"]);
  });

  test("is not given a secret by the repetition of a rotation before the deletion", async () => {
    const { admin, token, rotate } = await createScene();
    await rotate({}, "key");
    await deleteSecret(admin, token.id);
    expect(await refusal(rotate({}, "key"))).toMatchObject({ code: "conflict" });
    expect((await getAccessToken(admin, token.id)).tokenSuffix).toBeNull();
  });

  test("can be rotated, and its secret deleted, time and again", async () => {
    const { admin, token, rotate } = await createSecretless();
    for (let time = 0; time < 3; time++) {
      const { secret } = await rotate();
      expect((await rotate()).token.retiringSecret?.tokenSuffix).toBe(secret.slice(-4));
      await deleteSecret(admin, token.id);
      expect(await isGood(secret)).toBe(false);
    }
  });

  test("has no rotation to complete or to cancel", async () => {
    const { admin, token } = await createSecretless();
    for (const command of [completeRotation, cancelRotation]) {
      expect(await refusal(command(admin, token.id))).toEqual({
        code: "conflict",
        message: "No rotation of this access token is pending: it has no secret.",
        errors: [],
      });
    }
  });

  test("is listed, sorted and found by its name, but not by the suffix that it had", async () => {
    const { admin, scope, token, without } = await createSecretless();
    const idsOf = async (options: Parameters<typeof listAccessTokens>[2]) =>
      (await listAccessTokens(admin, scope, options)).items.map(({ id }) => id);
    for (const sort of ["name", "-created_at", "last_used_at", "expires_at"] as const) {
      expect((await listAccessTokens(admin, scope, { sort })).items).toEqual([without]);
    }
    expect(await idsOf({ search: token.name, searchIn: "names_users_suffix" })).toEqual([token.id]);
    expect(await idsOf({ search: token.tokenSuffix, searchIn: "names_users_suffix" })).toEqual([]);
    expect(await idsOf({ status: "active" })).toEqual([token.id]);
  });

  test("is revoked, reactivated and deleted as others are", async () => {
    const { admin, token, trust, pipeline } = await createSecretless();
    expect((await consequencesOf(admin, token.id)).secrets).toEqual([]);
    expect(await revokeAccessToken(admin, token.id)).toMatchObject({ status: "revoked", tokenSuffix: null });
    expect(await isGood(pipeline)).toBe(false);
    expect(await reactivateAccessToken(admin, token.id)).toMatchObject({ status: "active", tokenSuffix: null });
    const later = await pipelineSecret(token, trust);
    expect([await isGood(token.secret), await isGood(later)]).toEqual([false, true]);
    await deleteAccessToken(admin, token.id);
    expect([await isGood(token.secret), await isGood(later)]).toEqual([false, false]);
  });

  test("stays without one while it is revoked or expired, and is not rotated", async () => {
    const { admin, token, rotate } = await createScene();
    await revokeAccessToken(admin, token.id);
    expect(await deleteSecret(admin, token.id)).toMatchObject({ status: "revoked", tokenSuffix: null });
    expect(await refusal(rotate())).toMatchObject({ code: "conflict" });
    await expire(token.id);
    expect(await refusal(rotate())).toMatchObject({ code: "conflict" });
    expect((await getAccessToken(admin, token.id)).tokenSuffix).toBeNull();
  });

  test("stays without one as its last trusted pipeline goes, until it is rotated", async () => {
    const { token, trust, pipeline, rotate } = await createSecretless();
    await db.delete(trustedPipelines).where(eq(trustedPipelines.id, trust.id));
    expect([await isGood(token.secret), await isGood(pipeline)]).toEqual([false, false]);
    const { secret } = await rotate();
    expect(await isGood(secret)).toBe(true);
  });
});
