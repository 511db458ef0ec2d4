import { eq } from "drizzle-orm";
import { describe, expect, test } from "vitest";
import { db } from "@/db/client";
import { memberships, users } from "@/db/schema";
import { listAccessTokens } from "@/lib/access-token-list/queries";
import { createToken, expire } from "@/testing/access-tokens";
import { eventsOn } from "@/testing/audit";
import { everyRow } from "@/testing/database/database-owner";
import { refusal } from "@/testing/refusal";
import { createTenant } from "@/testing/tenant";
import { authenticateAccessToken } from "./authenticate";
import { deleteAccessToken, reactivateAccessToken, revokeAccessToken } from "./change";
import { getAccessToken } from "./queries";

async function createScene() {
  const { group } = await createTenant();
  const token = await createToken(group.admin, group.scope, { admin: true });
  return { group, token, admin: group.admin, scope: group.scope };
}

/** The token's events after its creation. */
async function laterEvents(tokenId: string) {
  return (await eventsOn(tokenId)).slice(1);
}

describe("revoking", () => {
  test("disables the token at once, and is recorded", async () => {
    const { token, admin } = await createScene();
    const revoked = await revokeAccessToken(admin, token.id);
    expect(revoked).toMatchObject({ id: token.id, status: "revoked", revokedAt: expect.any(Date) });
    expect(await getAccessToken(admin, token.id)).toEqual(revoked);
    expect(await authenticateAccessToken(token.secret)).toBeUndefined();
    expect(await laterEvents(token.id)).toEqual([
      { action: "access_token.revoked", actorId: admin.userId, detail: {} },
    ]);
  });

  test("a revoked token changes and records nothing", async () => {
    const { token, admin } = await createScene();
    const revoked = await revokeAccessToken(admin, token.id);
    const before = await everyRow();
    expect(await revokeAccessToken(admin, token.id)).toEqual(revoked);
    expect(await everyRow()).toEqual(before);
  });

  test("an expired token leaves it expired", async () => {
    const { token, admin } = await createScene();
    await expire(token.id);
    expect((await revokeAccessToken(admin, token.id)).status).toBe("expired");
  });
});

describe("reactivating", () => {
  test("undoes a revocation, and is recorded", async () => {
    const { token, admin } = await createScene();
    await revokeAccessToken(admin, token.id);
    const active = await reactivateAccessToken(admin, token.id);
    expect(active).toMatchObject({ id: token.id, status: "active", revokedAt: null });
    expect((await authenticateAccessToken(token.secret))?.token.id).toBe(token.id);
    expect(await laterEvents(token.id)).toMatchObject([
      { action: "access_token.revoked" },
      { action: "access_token.reactivated", actorId: admin.userId, detail: {} },
    ]);
  });

  test("an active token changes and records nothing", async () => {
    const { token, admin } = await createScene();
    const before = await everyRow();
    expect((await reactivateAccessToken(admin, token.id)).status).toBe("active");
    expect(await everyRow()).toEqual(before);
  });

  test.each([true, false])("an expired token is a conflict (revoked before: %s)", async (revokedBefore) => {
    const { token, admin } = await createScene();
    if (revokedBefore) await revokeAccessToken(admin, token.id);
    await expire(token.id);
    const before = await everyRow();
    expect(await refusal(reactivateAccessToken(admin, token.id))).toEqual({
      code: "conflict",
      message: "This access token has expired and can't be reactivated. Create a new one.",
      errors: [],
    });
    expect(await everyRow()).toEqual(before);
  });

  test.each(["active", "revoked", "expired"])("is forbidden to the token itself while it is %s", async (state) => {
    const { token, admin } = await createScene();
    if (state === "revoked") await revokeAccessToken(admin, token.id);
    if (state === "expired") await expire(token.id);
    expect(await refusal(reactivateAccessToken(token.actor, token.id))).toEqual({
      code: "forbidden",
      message: "An access token can't reactivate itself.",
      errors: [],
    });
  });
});

describe("deleting", () => {
  test.each(["active", "revoked", "expired"])("a token that is %s removes it for good", async (state) => {
    const { token, admin, scope } = await createScene();
    if (state === "revoked") await revokeAccessToken(admin, token.id);
    if (state === "expired") await expire(token.id);
    await deleteAccessToken(admin, token.id);
    expect(await refusal(getAccessToken(admin, token.id))).toMatchObject({ code: "not_found" });
    expect((await listAccessTokens(admin, scope)).items).toEqual([]);
    expect(await authenticateAccessToken(token.secret)).toBeUndefined();
    expect(await refusal(deleteAccessToken(admin, token.id))).toMatchObject({ code: "not_found" });
  });

  test("keeps the technical user for the audit log, without its role", async () => {
    const { token, admin } = await createScene();
    const { id, username } = token.technicalUser;
    await revokeAccessToken(token.actor, token.id);
    await deleteAccessToken(admin, token.id);
    expect(await db.select({ name: users.name }).from(users).where(eq(users.id, id))).toEqual([{ name: username }]);
    expect(await db.$count(memberships, eq(memberships.userId, id))).toBe(0);
    expect(await laterEvents(token.id)).toEqual([
      { action: "access_token.revoked", actorId: id, detail: {} },
      {
        action: "access_token.deleted",
        actorId: admin.userId,
        detail: { role: "group_admin", technical_user: username },
      },
    ]);
  });

  test("removes the secret's hash from the database", async () => {
    const { token, admin } = await createScene();
    await deleteAccessToken(admin, token.id);
    const { access_tokens: rows } = await everyRow();
    expect(JSON.stringify(rows)).not.toContain(token.id);
  });

  test("leaves the technical user without permissions", async () => {
    const { token, admin, scope } = await createScene();
    const other = await createToken(admin, scope);
    await deleteAccessToken(admin, token.id);
    expect(await refusal(revokeAccessToken(token.actor, other.id))).toMatchObject({ code: "not_found" });
    expect(await refusal(getAccessToken(token.actor, token.id))).toMatchObject({ code: "not_found" });
  });
});
