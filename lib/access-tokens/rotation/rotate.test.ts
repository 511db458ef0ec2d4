import { eq } from "drizzle-orm";
import { describe, expect, test } from "vitest";
import { db } from "@/db/client";
import { accessTokenSecrets, accessTokens } from "@/db/schema";
import { createToken, expire, inDays } from "@/testing/access-tokens";
import { eventsOn } from "@/testing/audit";
import { everyRow, withBrokenAuditLog } from "@/testing/database/database-owner";
import { refusal } from "@/testing/refusal";
import { createRotationScene, isGood, letEnd, secondsLeft, storedSecret } from "@/testing/rotation/rotations";
import { createTenant } from "@/testing/tenant";
import { authenticateAccessToken } from "../authenticate";
import { deleteAccessToken, reactivateAccessToken, revokeAccessToken } from "../change";
import { expirationInZone } from "../expiration";
import { getAccessToken } from "../queries";
import { hashSecret, isWellFormedSecret } from "../secret";
import { rotateAccessTokenInput } from "./input";
import { rotateAccessToken } from "./rotate";

const day = 86_400;
const thirtyDays = 30 * day;
/** For a test that takes its time. */
const aMinuteBefore = (seconds: number) => seconds - 60;

test("both secrets are good after a rotation, and authenticate the same technical user", async () => {
  const { token, rotate } = await createRotationScene();
  const { secret } = await rotate();
  expect(isWellFormedSecret(secret)).toBe(true);
  expect(secret.slice(0, 4)).toBe("vhg_");
  expect(secret.slice(-4)).not.toBe(token.tokenSuffix);
  const by = [await authenticateAccessToken(token.secret), await authenticateAccessToken(secret)];
  expect(by).toMatchObject([{ actor: token.actor }, { actor: token.actor }]);
});

test("what the token shows besides its secrets stays", async () => {
  const { admin, token, rotate } = await createRotationScene();
  const { actor: _, secret: _old, revision, ...before } = token;
  const { token: rotated, secret } = await rotate();
  expect(rotated).toEqual({
    ...before,
    tokenSuffix: secret.slice(-4),
    retiringSecret: { tokenSuffix: token.tokenSuffix, endsAt: expect.any(Date), lastUsedAt: null },
    revision: expect.any(String),
  });
  expect(rotated.revision).not.toBe(revision);
  expect(await getAccessToken(admin, token.id)).toEqual(rotated);
});

test("an organization's token gets a secret of its kind", async () => {
  const { organization, organizationAdmin } = await createTenant();
  const { id } = await createToken(organizationAdmin, organization.scope);
  const { secret } = await rotateAccessToken(organizationAdmin, id, { oldSecret: "on_first_use" });
  expect(secret.slice(0, 4)).toBe("vho_");
  expect(await isGood(secret)).toBe(true);
});

test("the secret is stored nowhere", async () => {
  const { rotate } = await createRotationScene();
  const { secret } = await rotate();
  expect(JSON.stringify(await everyRow())).not.toContain(secret.slice(4, -4));
});

describe("on first use", () => {
  test("the old secret has 30 days, and an hour from the first use of the new one", async () => {
    const { admin, token, rotate } = await createRotationScene();
    const { secret } = await rotate();
    await authenticateAccessToken(token.secret);
    const left = await secondsLeft(token.secret);
    expect(left).toBeGreaterThan(aMinuteBefore(thirtyDays));
    expect(left).toBeLessThanOrEqual(thirtyDays);

    const first = await authenticateAccessToken(secret);
    const hour = await secondsLeft(token.secret);
    expect(hour).toBeGreaterThan(aMinuteBefore(3600));
    expect(hour).toBeLessThanOrEqual(3600);
    const { retiringSecret } = await getAccessToken(admin, token.id);
    expect(first?.token.retiringSecret).toEqual(retiringSecret);

    await letEnd(token.secret);
    expect([await isGood(token.secret), await isGood(secret)]).toEqual([false, true]);
    expect((await getAccessToken(admin, token.id)).retiringSecret).toBeNull();
  });

  test("the old secret does not outlive the token", async () => {
    const { token, rotate } = await createRotationScene({ expiresAt: inDays(10) });
    const rotated = await rotate();
    expect(rotated.token.retiringSecret?.endsAt).toEqual(token.expiresAt);
  });

  test("an end within the hour stays", async () => {
    const { token, rotate } = await createRotationScene();
    const { secret } = await rotate();
    await letEnd(token.secret, "-10 minutes");
    await authenticateAccessToken(secret);
    expect(await secondsLeft(token.secret)).toBeLessThanOrEqual(600);
  });
});

describe("now", () => {
  test("the old secret is refused at once", async () => {
    const { admin, token, rotate, actions } = await createRotationScene();
    const { secret, token: rotated } = await rotate({ oldSecret: "now" });
    expect(rotated.retiringSecret).toBeNull();
    expect([await isGood(token.secret), await isGood(secret)]).toEqual([false, true]);
    expect(await actions()).toEqual(["created", "rotated", "secret_retired", "secret_first_used"]);
    const [, rotation, retirement] = await eventsOn(token.id);
    expect(rotation).toMatchObject({ actorId: admin.userId, detail: { old_secret_ends: "now" } });
    expect(retirement).toMatchObject({
      actorId: admin.userId,
      detail: { token_suffix: token.tokenSuffix, ended_by: "hand" },
    });
  });

  test("another rotation may follow at once", async () => {
    const { token, rotate } = await createRotationScene();
    const first = await rotate({ oldSecret: "now" });
    const second = await rotate({ oldSecret: "now" });
    const all = [token.secret, first.secret, second.secret];
    expect(await Promise.all(all.map(isGood))).toEqual([false, false, true]);
  });
});

describe("at a date", () => {
  test("the old secret ends then, also if the new one is used before", async () => {
    const { token, rotate } = await createRotationScene();
    const oldSecret = inDays(3);
    const { secret, token: rotated } = await rotate({ oldSecret });
    expect(rotated.retiringSecret?.endsAt.getTime()).toBe(oldSecret.instant.epochMilliseconds);
    await authenticateAccessToken(secret);
    expect(await secondsLeft(token.secret)).toBeGreaterThan(2 * day);
    await letEnd(token.secret);
    expect(await isGood(token.secret)).toBe(false);
  });

  test("a date in the form is the end of its day in the viewer's time zone", async () => {
    const { rotate } = await createRotationScene();
    const date = new Date(Date.now() + 5 * day * 1000).toISOString().slice(0, 10);
    const oldSecret = expirationInZone.parse({ date, timeZone: "Pacific/Auckland" });
    const { token } = await rotate({ oldSecret });
    const end = token.retiringSecret?.endsAt.toLocaleString("sv-SE", { timeZone: "Pacific/Auckland" });
    expect(end).toMatch(/ 00:00:00$/);
  });

  test.each([
    ["in the past", inDays(-1), "This date has passed. Choose a date from today on."],
    ["more than 30 days ahead", inDays(32), /^The old secret may go on for at most 30 days\. Choose a date up to \d+ /],
  ])("an end %s is refused", async (_what, oldSecret, message) => {
    const { rotate } = await createRotationScene();
    const before = await everyRow();
    const refused = await refusal(rotate({ oldSecret }));
    expect(refused).toMatchObject({ code: "invalid", errors: [{ field: "oldSecret" }] });
    expect(refused.message).toMatch(message);
    expect(await everyRow()).toEqual(before);
  });

  test("an end after the token's expiration is refused, unless that is moved too", async () => {
    const { rotate } = await createRotationScene({ expiresAt: inDays(5) });
    expect(await refusal(rotate({ oldSecret: inDays(6) }))).toMatchObject({
      code: "invalid",
      errors: [{ field: "oldSecret" }],
    });
    const { token } = await rotate({ oldSecret: inDays(6), expiresAt: inDays(7) });
    expect(token.retiringSecret).not.toBeNull();
  });
});

describe("the expiration", () => {
  test("is moved by a person, within the bounds of a creation", async () => {
    const { token, rotate } = await createRotationScene();
    for (const expiresAt of [inDays(-1), inDays(367)]) {
      expect(await refusal(rotate({ expiresAt }))).toMatchObject({ code: "invalid", errors: [{ field: "expiresAt" }] });
    }
    const expiresAt = inDays(300);
    const rotated = await rotate({ expiresAt });
    expect(rotated.token.expiresAt.getTime()).toBe(expiresAt.instant.epochMilliseconds);
    const [, event] = await eventsOn(token.id);
    expect(event?.detail).toMatchObject({
      previous_expires_at: token.expiresAt.toISOString(),
      expires_at: rotated.token.expiresAt.toISOString(),
    });
  });

  test("is not moved by the token itself", async () => {
    for (const isAdmin of [true, false]) {
      const { token } = await createRotationScene({ admin: isAdmin });
      const before = await everyRow();
      const input = { oldSecret: "on_first_use", expiresAt: inDays(300) } as const;
      expect(await refusal(rotateAccessToken(token.actor, token.id, input))).toMatchObject({
        code: "invalid",
        errors: [{ field: "expiresAt" }],
      });
      expect(await everyRow()).toEqual(before);
    }
  });
});

describe("a token", () => {
  test.each([
    ["admin", true],
    ["user", false],
  ])("rotates itself with the %s role", async (_role, isAdmin) => {
    const { token, actions } = await createRotationScene({ admin: isAdmin });
    const { secret } = await rotateAccessToken(token.actor, token.id, { oldSecret: "on_first_use" });
    expect([await isGood(token.secret), await isGood(secret)]).toEqual([true, true]);
    expect(await actions()).toEqual(["created", "rotated", "secret_first_used"]);
    expect((await eventsOn(token.id))[1]).toMatchObject({ actorId: token.actor.userId });
    expect(await storedSecret(secret)).toMatchObject({ createdById: token.actor.userId });
  });

  test("does not end its old secret at once, whose answer could be lost", async () => {
    const { token } = await createRotationScene();
    expect(await refusal(rotateAccessToken(token.actor, token.id, { oldSecret: "now" }))).toMatchObject({
      code: "invalid",
      errors: [{ field: "oldSecret" }],
    });
  });

  test("chooses a date for its old secret", async () => {
    const { token } = await createRotationScene();
    const { token: rotated } = await rotateAccessToken(token.actor, token.id, { oldSecret: inDays(2) });
    expect(rotated.retiringSecret).not.toBeNull();
  });

  test("with the admin role does not rotate another token", async () => {
    const { admin, scope, token } = await createRotationScene();
    const other = await createToken(admin, scope, { admin: true });
    const refused = await refusal(rotateAccessToken(other.actor, token.id, { oldSecret: "on_first_use" }));
    expect(refused).toEqual({ code: "forbidden", message: "An access token rotates only its own secret.", errors: [] });
  });
});

describe("refused is the rotation of a token", () => {
  test("that is revoked or expired", async () => {
    const { admin, token, rotate } = await createRotationScene();
    await revokeAccessToken(admin, token.id);
    expect(await refusal(rotate())).toEqual({
      code: "conflict",
      message: "This access token is revoked, so it can't be rotated.",
      errors: [],
    });
    await reactivateAccessToken(admin, token.id);
    await expire(token.id);
    expect(await refusal(rotate())).toMatchObject({ code: "conflict" });
  });

  test("whose rotation is pending, whoever asks, until the old secret has ended", async () => {
    const { token, rotate } = await createRotationScene();
    const { secret } = await rotate();
    const before = await everyRow();
    expect(await refusal(rotate({ oldSecret: "now" }))).toMatchObject({ code: "rotation_pending" });
    const bySelf = rotateAccessToken(token.actor, token.id, { oldSecret: "on_first_use" });
    expect(await refusal(bySelf)).toMatchObject({ code: "rotation_pending" });
    expect(await everyRow()).toEqual(before);
    await authenticateAccessToken(secret);
    expect(await refusal(rotate())).toMatchObject({ code: "rotation_pending" });
    await letEnd(token.secret);
    expect(await isGood((await rotate()).secret)).toBe(true);
  });

  test("in a revision that it no longer has", async () => {
    const { token, rotate } = await createRotationScene();
    const { token: rotated } = await rotate({ oldSecret: "now" }, undefined, [token.revision]);
    expect(await refusal(rotate({}, undefined, [token.revision]))).toMatchObject({ code: "precondition_failed" });
    await rotate({}, undefined, ["other", rotated.revision]);
  });

  test("whose event can't be written", async () => {
    const { token, rotate } = await createRotationScene();
    const before = await everyRow();
    await withBrokenAuditLog(async () => {
      await expect(rotate()).rejects.toThrow();
    });
    expect(await everyRow()).toEqual(before);
    expect(await isGood(token.secret)).toBe(true);
  });
});

describe("both secrets", () => {
  test("are refused while the token is revoked, and good again when it is reactivated", async () => {
    const { admin, token, rotate } = await createRotationScene();
    const { secret } = await rotate();
    await revokeAccessToken(admin, token.id);
    expect([await isGood(token.secret), await isGood(secret)]).toEqual([false, false]);
    await reactivateAccessToken(admin, token.id);
    expect([await isGood(token.secret), await isGood(secret)]).toEqual([true, true]);
    await revokeAccessToken(admin, token.id);
    await letEnd(token.secret);
    await reactivateAccessToken(admin, token.id);
    expect([await isGood(token.secret), await isGood(secret)]).toEqual([false, true]);
  });

  test("are refused once the token has expired", async () => {
    const { token, rotate } = await createRotationScene();
    const { secret } = await rotate();
    await expire(token.id);
    expect([await isGood(token.secret), await isGood(secret)]).toEqual([false, false]);
  });

  test("are gone with the token, and so are retired ones", async () => {
    const { admin, token, rotate } = await createRotationScene();
    await rotate({ oldSecret: "now" });
    const { secret } = await rotate({}, "key");
    const kept = () => db.$count(accessTokenSecrets, eq(accessTokenSecrets.accessTokenId, token.id));
    expect(await kept()).toBe(3);
    const noted = async () => JSON.stringify(await everyRow()).includes(hashSecret(secret).toString("hex"));
    expect(await noted()).toBe(true);
    await deleteAccessToken(admin, token.id);
    expect(await kept()).toBe(0);
    expect(await isGood(secret)).toBe(false);
    expect(await noted()).toBe(false);
  });
});

test("a rotation is recorded with both suffixes and the old secret's end", async () => {
  const { admin, token, rotate } = await createRotationScene();
  const { secret, token: rotated } = await rotate();
  expect((await eventsOn(token.id)).at(-1)).toEqual({
    action: "access_token.rotated",
    actorId: admin.userId,
    detail: {
      token_suffix: secret.slice(-4),
      old_token_suffix: token.tokenSuffix,
      old_secret_ends: "on_first_use",
      old_secret_ends_at: rotated.retiringSecret?.endsAt.toISOString(),
    },
  });
});

test("a person who may not rotate changes nothing", async () => {
  const { group, organizationAdmin, token } = await createRotationScene();
  const before = await everyRow();
  for (const person of [group.user, organizationAdmin]) {
    const refused = await refusal(rotateAccessToken(person, token.id, { oldSecret: "now" }));
    expect(refused).toMatchObject({ code: "forbidden" });
  }
  expect(await everyRow()).toEqual(before);
  expect(await db.$count(accessTokens, eq(accessTokens.id, token.id))).toBe(1);
});

test.each(["", "later", "2027-02-30", "2027-02-30T00:00:00Z", "2027-06-01T00:00:00", 7, null])(
  "%j is no end of an old secret",
  (oldSecret) => {
    expect(rotateAccessTokenInput.safeParse({ oldSecret }).success).toBe(false);
  },
);
