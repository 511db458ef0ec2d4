import { eq } from "drizzle-orm";
import { beforeEach, describe, expect, test, vi } from "vitest";
import { db } from "@/db/client";
import { accessTokens, leakReports, notifications, runners } from "@/db/schema";
import { deleteAccessToken, reactivateAccessToken, revokeAccessToken } from "@/lib/access-tokens/change";
import { changeAccessTokens } from "@/lib/access-tokens/change-many";
import { getAccessToken } from "@/lib/access-tokens/queries";
import { cancelRotation } from "@/lib/access-tokens/rotation/end";
import { rotateAccessToken } from "@/lib/access-tokens/rotation/rotate";
import { generateSecret } from "@/lib/access-tokens/secret";
import { deleteGroup } from "@/lib/groups/delete";
import { createToken, expire } from "@/testing/access-tokens";
import { insertAccess } from "@/testing/accesses";
import { eventsOn } from "@/testing/audit";
import { everyRow, withBrokenAuditLog } from "@/testing/database/database-owner";
import { countDeadlocks, hold, waitForLockWaiters } from "@/testing/database/locks";
import { insertPipelineSecret, leak } from "@/testing/leaks/leak";
import { logged } from "@/testing/logged";
import { outcomes, refusal } from "@/testing/refusal";
import { createRotationScene, isGood, letEnd, storedSecret } from "@/testing/rotation/rotations";
import { actOnLeakReports } from "./act";
import { leakReportInput, reportLeakedTokens } from "./report";

let scene: Awaited<ReturnType<typeof createRotationScene>>;
beforeEach(async () => {
  scene = await createRotationScene();
});

const current = () => getAccessToken(scene.admin, scene.token.id);
const messages = (tokenId: string) => db.select().from(notifications).where(eq(notifications.accessTokenId, tokenId));

async function leakedAt(tokenId: string): Promise<Date | null | undefined> {
  const [row] = await db.select({ at: accessTokens.leakedAt }).from(accessTokens).where(eq(accessTokens.id, tokenId));
  return row?.at;
}

describe("a report of a good secret", () => {
  test("revokes its token and marks it as leaked, with an event and a message", async () => {
    const { token, actions } = scene;
    await leak(token.secret);
    expect(await isGood(token.secret)).toBe(false);
    const { status, leakedAt: since, revokedAt } = await current();
    expect({ status, since }).toEqual({ status: "revoked", since: revokedAt });
    expect(await actions()).toEqual(["created", "leaked"]);
    expect((await eventsOn(token.id)).at(-1)).toMatchObject({
      actorId: "system",
      detail: { token_suffix: token.tokenSuffix },
    });
    expect(await messages(token.id)).toMatchObject([
      {
        type: "access_token.leaked",
        groupId: token.groupId,
        sentAt: null,
        data: { access_token: { id: token.id, name: token.name } },
      },
    ]);
    expect(await db.$count(leakReports)).toBe(0);
  });

  test("beside the deletion of its group makes neither give up", async () => {
    const { organization, organizationAdmin, group, token } = scene;
    const before = await countDeadlocks();
    const lines = logged();
    const release = await hold("lock table notifications in share row exclusive mode");
    const acted = leak(token.secret);
    await waitForLockWaiters(1);
    const deleted = deleteGroup(organizationAdmin, organization.scope, group.id, { name: group.name });
    await waitForLockWaiters(2);
    await release();
    await Promise.all([acted, deleted]);
    expect(await countDeadlocks()).toBe(before);
    expect(lines.filter(({ level }) => level === "error")).toEqual([]);
    expect(await isGood(token.secret)).toBe(false);
  });

  test("of an organization's token goes to the organization", async () => {
    const { organization, organizationAdmin } = scene;
    const token = await createToken(organizationAdmin, organization.scope);
    await leak(token.secret);
    expect(await messages(token.id)).toMatchObject([{ ownerId: organization.id, type: "access_token.leaked" }]);
    expect(await isGood(token.secret)).toBe(false);
  });

  test("keeps the revocation of one that was revoked already", async () => {
    const { admin, token } = scene;
    const { revokedAt } = await revokeAccessToken(admin, token.id);
    await leak(token.secret);
    const leaked = await current();
    expect(leaked).toMatchObject({ status: "revoked", revokedAt, leakedAt: expect.any(Date) });
    expect((await eventsOn(token.id)).at(-1)).toMatchObject({
      action: "access_token.leaked",
      detail: { previous_status: "revoked" },
    });
    expect(await messages(token.id)).toHaveLength(1);
  });

  test("marks one that has expired, which stays expired", async () => {
    const { admin, token } = scene;
    await expire(token.id);
    await leak(token.secret);
    expect(await current()).toMatchObject({
      status: "expired",
      leakedAt: expect.any(Date),
      revokedAt: expect.any(Date),
    });
    expect(await refusal(reactivateAccessToken(admin, token.id))).toMatchObject({ code: "conflict" });
    expect(await refusal(scene.rotate())).toMatchObject({
      code: "conflict",
      message: "This access token is expired, so it can't be rotated.",
    });
    await deleteAccessToken(admin, token.id);
  });

  test("releases its runners and ends the secrets of its pipelines", async () => {
    const { token } = scene;
    const accessId = await insertAccess(token);
    await db.insert(runners).values({
      organizationId: token.organizationId,
      accessId,
      accessTokenId: token.id,
      state: "registered",
      tags: [],
    });
    const ofPipeline = await insertPipelineSecret(token);
    await leak(token.secret);
    expect(await db.select({ state: runners.state }).from(runners).where(eq(runners.accessTokenId, token.id))).toEqual([
      { state: "unregistering" },
    ]);
    expect(await storedSecret(ofPipeline)).toBeUndefined();
  });

  test("marks the token by its retiring secret too", async () => {
    const { token, rotate } = scene;
    const { secret } = await rotate();
    await leak(token.secret);
    expect([await isGood(token.secret), await isGood(secret)]).toEqual([false, false]);
    expect((await eventsOn(token.id)).at(-1)).toMatchObject({ detail: { token_suffix: token.tokenSuffix } });
  });
});

describe("a report changes nothing", () => {
  test.each([
    ["of nothing", () => []],
    ["of an unknown secret", () => [generateSecret("group")]],
    [
      "of what is no secret",
      () => ["", "vhg_", "\0", "ghp_x", 7, null, { token: scene.token.secret }, [scene.token.secret]],
    ],
    ["of a secret in other letters", () => [scene.token.secret.toUpperCase(), ` ${scene.token.secret}`]],
  ])("%s", async (_what, entries) => {
    const before = await everyRow();
    await leak(...entries());
    expect(await everyRow()).toEqual(before);
  });

  test("of a deleted token's secret", async () => {
    const { admin, token } = scene;
    await deleteAccessToken(admin, token.id);
    const before = await everyRow();
    await leak(token.secret);
    expect(await everyRow()).toEqual(before);
  });

  test.each([
    ["that was ended", () => scene.rotate({ oldSecret: "now" })],
    [
      "whose end has passed, and is not recorded yet",
      async () => {
        await scene.rotate();
        await letEnd(scene.token.secret);
      },
    ],
  ])("of a secret %s", async (_what, end) => {
    await end();
    const before = await everyRow();
    await leak(scene.token.secret);
    expect(await everyRow()).toEqual(before);
  });

  test("of a secret that was discarded", async () => {
    const { admin, token, rotate } = scene;
    const { secret } = await rotate();
    await cancelRotation(admin, token.id);
    const before = await everyRow();
    await leak(secret);
    expect(await everyRow()).toEqual(before);
  });

  test("that was acted on already", async () => {
    const { token } = scene;
    await leak(token.secret);
    const before = await everyRow();
    await leak(token.secret, token.secret);
    expect(await everyRow()).toEqual(before);
  });
});

test("a pipeline's secret is ended alone", async () => {
  const { token } = scene;
  const leaked = await insertPipelineSecret(token);
  const other = await insertPipelineSecret(token);
  await leak(leaked);
  expect(await storedSecret(leaked)).toBeUndefined();
  expect(await storedSecret(other)).toBeDefined();
  expect(await current()).toMatchObject({ status: "active", leakedAt: null });
  expect((await eventsOn(token.id)).at(-1)).toMatchObject({
    action: "trusted_pipeline.secret_leaked",
    actorId: "system",
    detail: { token_suffix: leaked.slice(-4), project: "powertrain/bench", ref: "refs/heads/main", job: "nightly" },
  });
  expect(await messages(token.id)).toEqual([]);
});

describe("a token that leaked", () => {
  test("can't be reactivated, alone or with others", async () => {
    const { admin, scope, token } = scene;
    const revoked = await createToken(admin, scope);
    await revokeAccessToken(admin, revoked.id);
    await leak(token.secret);
    const before = await everyRow();
    expect(await refusal(reactivateAccessToken(admin, token.id))).toMatchObject({
      code: "conflict",
      message:
        "The secret of this access token was reported as leaked, so it can't be reactivated. Rotate it, which makes it active again, or delete it.",
    });
    const both = [await current(), await getAccessToken(admin, revoked.id)];
    expect(await refusal(changeAccessTokens(admin, scope, "reactivate", both))).toMatchObject({ code: "conflict" });
    expect(await everyRow()).toEqual(before);
  });

  test.each(["on_first_use", "now"] as const)("is active again after a rotation, %s", async (oldSecret) => {
    const { token, rotate, actions } = scene;
    await leak(token.secret);
    const since = await leakedAt(token.id);
    const { secret, token: rotated } = await rotate({ oldSecret });
    expect(rotated).toMatchObject({ status: "active", revokedAt: null, leakedAt: null, retiringSecret: null });
    expect([await isGood(token.secret), await isGood(secret)]).toEqual([false, true]);
    expect(await actions()).toEqual(["created", "leaked", "rotated", "secret_retired", "secret_first_used"]);
    expect((await eventsOn(token.id))[2]).toMatchObject({
      detail: { old_secret_ends: "now", leaked_at: since?.toISOString() },
    });
    const [row] = await db.select().from(accessTokens).where(eq(accessTokens.id, token.id));
    expect(row?.reactivatedAt).toBeInstanceOf(Date);
  });

  test("ends both secrets with a rotation while another was pending", async () => {
    const { token, rotate, actions } = scene;
    const { secret: second } = await rotate();
    await leak(second);
    const { secret: third } = await rotate();
    expect(await Promise.all([token.secret, second, third].map(isGood))).toEqual([false, false, true]);
    expect(await actions()).toEqual([
      "created",
      "rotated",
      "leaked",
      "secret_retired",
      "rotated",
      "secret_retired",
      "secret_first_used",
    ]);
  });

  test("is not rotated by itself, in a request that began before the report", async () => {
    const { rotate, token } = scene;
    await leak(token.secret);
    expect(await refusal(rotateAccessToken(token.actor, token.id, { oldSecret: "on_first_use" }))).toMatchObject({
      code: "conflict",
      message: "This access token is revoked, so it can't be rotated.",
    });
    await rotate();
  });

  test("refuses a repeated rotation that began before the report, and takes a new one", async () => {
    const { token, rotate } = scene;
    await rotate({}, "key");
    await leak(token.secret);
    expect(await refusal(rotate({}, "key"))).toMatchObject({ code: "conflict" });
    const { secret } = await rotate({}, "another key");
    const { secret: repeated } = await rotate({}, "another key");
    expect([await isGood(secret), await isGood(repeated)]).toEqual([false, true]);
  });

  test("can be marked again after it was rotated, by its new secret alone", async () => {
    const { token, rotate, actions } = scene;
    await leak(token.secret);
    const { secret } = await rotate();
    await leak(token.secret);
    expect((await current()).status).toBe("active");
    await leak(secret);
    expect((await current()).status).toBe("revoked");
    expect((await actions()).filter((action) => action === "leaked")).toHaveLength(2);
    expect(await messages(token.id)).toHaveLength(2);
  });
});

describe("at the same time", () => {
  test("reports of one secret mark it once", async () => {
    const { token, actions } = scene;
    await Promise.all([reportLeakedTokens({ tokens: [token.secret] }), reportLeakedTokens({ tokens: [token.secret] })]);
    await Promise.all([actOnLeakReports(), actOnLeakReports()]);
    expect(await actions()).toEqual(["created", "leaked"]);
    expect(await messages(token.id)).toHaveLength(1);
    expect(await db.$count(leakReports)).toBe(0);
  });

  test("a report that waits for a rotation finds the secret ended", async () => {
    const { token, actions } = scene;
    const release = await hold("select from access_tokens where id = $1 for update", token.id);
    const rotation = scene.rotate({ oldSecret: "now" });
    await waitForLockWaiters(1);
    const report = leak(token.secret);
    await waitForLockWaiters(2);
    await release();
    const { secret } = await rotation;
    await report;
    expect(await actions()).toEqual(["created", "rotated", "secret_retired"]);
    expect(await isGood(secret)).toBe(true);
  });

  test("a rotation and a report leave the token active with its new secret, or leaked", async () => {
    for (let round = 0; round < 10; round++) {
      const { token, rotate, admin } = await createRotationScene();
      const [rotated] = await Promise.all([rotate(), leak(token.secret)]);
      const { status, leakedAt: since } = await getAccessToken(admin, token.id);
      expect(await isGood(token.secret)).toBe(false);
      expect(await isGood(rotated.secret)).toBe(since === null);
      expect(status).toBe(since === null ? "active" : "revoked");
    }
  });

  test("of a revocation and a report both take effect", async () => {
    for (let round = 0; round < 10; round++) {
      const { token, admin } = await createRotationScene();
      expect(await outcomes([revokeAccessToken(admin, token.id), leak(token.secret)])).toEqual({ done: 2 });
      expect(await leakedAt(token.id)).toBeInstanceOf(Date);
    }
  });
});

test("a report that fails for one token is done for the others, and tried again", async () => {
  const { token } = scene;
  const lines = logged();
  await withBrokenAuditLog(() => leak(token.secret));
  expect(await isGood(token.secret)).toBe(true);
  expect(lines).toContainEqual(expect.objectContaining({ level: "error", accessTokenId: token.id }));
  await actOnLeakReports();
  expect(await db.$count(leakReports)).toBe(1);
  await db.update(leakReports).set({ dueAt: new Date() });
  await vi.waitFor(async () => {
    await actOnLeakReports();
    expect(await isGood(token.secret)).toBe(false);
  });
  expect(await db.$count(leakReports)).toBe(0);
});

test("a report has at most 1,000 entries", () => {
  expect(leakReportInput.safeParse({ tokens: Array(1000).fill("x") }).success).toBe(true);
  expect(leakReportInput.safeParse({ tokens: Array(1001).fill("x") }).success).toBe(false);
});
