import { eq } from "drizzle-orm";
import { describe, expect, test } from "vitest";
import { db } from "@/db/client";
import { accessTokens, memberships } from "@/db/schema";
import { listAccessTokens } from "@/lib/access-token-list/queries";
import type { Actor } from "@/lib/auth/actor";
import { createToken, expire } from "@/testing/access-tokens";
import { eventsOn } from "@/testing/audit";
import { everyRow, withBrokenAuditLog } from "@/testing/database/database-owner";
import { hold, waitForLockWaiters } from "@/testing/database/locks";
import { outcomes, refusal } from "@/testing/refusal";
import { sharedCases } from "@/testing/shared-cases";
import { createTenant } from "@/testing/tenant";
import { authenticateAccessToken } from "./authenticate";
import { deleteAccessToken, reactivateAccessToken, revokeAccessToken } from "./change";
import { editAccessToken, editAccessTokenInput } from "./edit";
import { getAccessToken } from "./queries";

async function createScene() {
  const tenant = await createTenant();
  const { admin, scope } = tenant.group;
  const token = await createToken(admin, scope, { name: "nightly", admin: true });
  return { ...tenant, admin, scope, token };
}

const renamings = async (tokenId: string) =>
  (await eventsOn(tokenId)).filter(({ action }) => action === "access_token.renamed");

describe("renaming", () => {
  test("changes the name and nothing else, and is recorded", async () => {
    const { admin, scope, token } = await createScene();
    const before = await getAccessToken(admin, token.id);
    const renamed = await editAccessToken(admin, token.id, { name: "Weekly" });
    expect(renamed).toEqual({ ...before, name: "Weekly", revision: renamed.revision });
    expect(await getAccessToken(admin, token.id)).toEqual(renamed);
    expect((await listAccessTokens(admin, scope, { search: "WEEK" })).items).toEqual([renamed]);
    expect((await listAccessTokens(admin, scope, { search: "nightly" })).items).toEqual([]);
    expect((await authenticateAccessToken(token.secret))?.token.name).toBe("Weekly");
    expect(await renamings(token.id)).toEqual([
      {
        action: "access_token.renamed",
        actorId: admin.userId,
        detail: { previous_name: "nightly", name: "Weekly" },
      },
    ]);
  });

  test("to the current name changes and records nothing", async () => {
    const { admin, token } = await createScene();
    const before = await everyRow();
    expect((await editAccessToken(admin, token.id, { name: "nightly" })).name).toBe("nightly");
    expect(await everyRow()).toEqual(before);
  });

  test("to a case variant of its name works", async () => {
    const { admin, token } = await createScene();
    expect((await editAccessToken(admin, token.id, { name: "NIGHTLY" })).name).toBe("NIGHTLY");
    expect(await renamings(token.id)).toHaveLength(1);
  });

  test.each(["revoked", "expired"])("works for a token that is %s", async (state) => {
    const { admin, token } = await createScene();
    if (state === "revoked") await revokeAccessToken(admin, token.id);
    if (state === "expired") await expire(token.id);
    expect((await editAccessToken(admin, token.id, { name: "old" })).name).toBe("old");
  });

  test("frees the old name", async () => {
    const { admin, scope, token } = await createScene();
    await editAccessToken(admin, token.id, { name: "weekly" });
    expect((await createToken(admin, scope, { name: "Nightly" })).name).toBe("Nightly");
  });

  test("works for its own technical user with the admin role", async () => {
    const { token } = await createScene();
    await editAccessToken(token.actor, token.id, { name: "weekly" });
    expect(await renamings(token.id)).toMatchObject([{ actorId: token.technicalUser.id }]);
  });

  test("is rolled back if the audit log fails", async () => {
    const { admin, token } = await createScene();
    await withBrokenAuditLog(async () => {
      await expect(editAccessToken(admin, token.id, { name: "weekly" })).rejects.toThrow();
    });
    expect((await getAccessToken(admin, token.id)).name).toBe("nightly");
  });
});

describe("a renaming is refused", () => {
  test("to another token's name, in any case", async () => {
    const { admin, scope, token } = await createScene();
    await createToken(admin, scope, { name: "CI-runner" });
    const before = await everyRow();
    const message = "An access token named “ci-RUNNER” already exists in this group. Choose another name.";
    expect(await refusal(editAccessToken(admin, token.id, { name: "ci-RUNNER" }))).toEqual({
      code: "name_taken",
      message,
      errors: [{ field: "name", message }],
    });
    expect(await everyRow()).toEqual(before);
  });

  test("but not to the name of a token in another group or the organization", async () => {
    const { admin, token, otherGroup, organization, organizationAdmin } = await createScene();
    await createToken(otherGroup.admin, otherGroup.scope, { name: "weekly" });
    await createToken(organizationAdmin, organization.scope, { name: "weekly" });
    expect((await editAccessToken(admin, token.id, { name: "weekly" })).name).toBe("weekly");
  });

  test("to everyone who may not manage the token", async () => {
    const { scope, token, group, otherGroup, organizationAdmin, admin } = await createScene();
    const user = await createToken(admin, scope);
    const before = await everyRow();
    const stranger = await createTenant();
    const rename = (actor: Actor) => refusal(editAccessToken(actor, token.id, { name: "weekly" }));
    expect(await rename(group.user)).toMatchObject({ code: "forbidden" });
    expect(await rename(user.actor)).toMatchObject({ code: "forbidden" });
    expect(await rename(organizationAdmin)).toMatchObject({ code: "forbidden" });
    expect(await rename(otherGroup.admin)).toMatchObject({ code: "not_found" });
    expect(await rename(stranger.organizationAdmin)).toMatchObject({ code: "not_found" });
    expect((await everyRow()).access_tokens).toEqual(before.access_tokens);
  });

  test.each(sharedCases("token_name"))("if the shared case does not allow the name: $why", async (one) => {
    if (one.setup) return expect(one.expect).toBe("reject");
    expect(editAccessTokenInput.safeParse({ name: one.value }).success).toBe(one.expect === "accept");
  });

  test.each([{ name: "x", role: "group_admin" }, { name: null }, { name: "x", expires_at: "2027-01-01" }])(
    "where the input is %j",
    (input) => {
      expect(editAccessTokenInput.safeParse(input).success).toBe(false);
    },
  );
});

describe("a description", () => {
  test("is empty at the start, is changed alone, and is recorded with what it was", async () => {
    const { admin, token } = await createScene();
    expect(token.description).toBe("");
    const before = await getAccessToken(admin, token.id);
    const described = await editAccessToken(admin, token.id, { description: "Bench 07" });
    expect(described).toEqual({ ...before, description: "Bench 07", revision: described.revision });
    expect(await getAccessToken(admin, token.id)).toEqual(described);
    expect((await authenticateAccessToken(token.secret))?.token).toEqual({
      ...described,
      lastUsedAt: expect.toSatisfy(() => true),
    });
    await editAccessToken(admin, token.id, { description: "" });
    const events = (await eventsOn(token.id)).filter(({ action }) => action === "access_token.description_changed");
    expect(events.map(({ detail }) => detail)).toEqual([
      { previous_description: "", description: "Bench 07" },
      { previous_description: "Bench 07", description: "" },
    ]);
  });

  test("is changed with the name in one event", async () => {
    const { admin, token } = await createScene();
    await editAccessToken(admin, token.id, { name: "weekly", description: "Bench 07" });
    expect((await eventsOn(token.id)).slice(1)).toMatchObject([
      {
        action: "access_token.renamed",
        detail: { previous_name: "nightly", name: "weekly", previous_description: "", description: "Bench 07" },
      },
    ]);
  });

  test("may be another token's, and the current one changes nothing", async () => {
    const { admin, scope, token } = await createScene();
    await createToken(admin, scope, { description: "Bench 07" });
    await editAccessToken(admin, token.id, { description: "Bench 07" });
    const before = await everyRow();
    await editAccessToken(admin, token.id, { name: "nightly", description: "Bench 07" });
    expect(await everyRow()).toEqual(before);
  });

  test("given at the creation is recorded there", async () => {
    const { admin, scope } = await createScene();
    const token = await createToken(admin, scope, { description: "Bench 07" });
    expect(token.description).toBe("Bench 07");
    expect(await eventsOn(token.id)).toMatchObject([{ detail: { description: "Bench 07" } }]);
  });

  test("and the name can't both be left out", async () => {
    const { admin, token } = await createScene();
    const before = await everyRow();
    expect(await refusal(editAccessToken(admin, token.id, {}))).toMatchObject({
      code: "invalid",
      errors: [{ field: "name", message: "Give a name or a description." }],
    });
    expect(await everyRow()).toEqual(before);
  });
});

describe("at once", () => {
  test("one of two tokens that take one name gets it", async () => {
    for (let round = 0; round < 10; round++) {
      const { admin, scope, token } = await createScene();
      const second = await createToken(admin, scope);
      const runs = [token, second].map(({ id }) => editAccessToken(admin, id, { name: "weekly" }));
      expect(await outcomes(runs)).toEqual({ done: 1, name_taken: 1 });
      const { items } = await listAccessTokens(admin, scope, { search: "weekly" });
      expect(items).toHaveLength(1);
    }
  });

  test("two tokens that swap names both keep theirs", async () => {
    const { admin, scope, token } = await createScene();
    const second = await createToken(admin, scope, { name: "weekly" });
    const runs = [
      editAccessToken(admin, token.id, { name: "weekly" }),
      editAccessToken(admin, second.id, { name: "nightly" }),
    ];
    expect(await outcomes(runs)).toEqual({ name_taken: 2 });
  });

  test("one of two renamings with the same version succeeds", async () => {
    const { admin, token } = await createScene();
    const expected = [token.revision];
    const release = await hold("select from access_tokens where id = $1 for update", token.id);
    const runs = outcomes(["one", "two"].map((name) => editAccessToken(admin, token.id, { name }, expected)));
    await waitForLockWaiters(2);
    await release();
    expect(await runs).toEqual({ done: 1, precondition_failed: 1 });
    expect(await renamings(token.id)).toHaveLength(1);
  });

  test("a renaming and a deletion leave no token", async () => {
    const { admin, token } = await createScene();
    const renaming = refusalOrNull(editAccessToken(admin, token.id, { name: "weekly" }));
    await deleteAccessToken(admin, token.id);
    expect([null, "not_found"]).toContain(await renaming);
    expect(await db.$count(accessTokens, eq(accessTokens.id, token.id))).toBe(0);
  });
});

async function refusalOrNull(run: Promise<unknown>): Promise<string | null> {
  const [code] = Object.keys(await outcomes([run]));
  return code === "done" ? null : (code ?? null);
}

describe("a token's revision", () => {
  test("changes with each change, and not with a use or with a change that changes nothing", async () => {
    const { admin, token } = await createScene();
    const current = async () => (await getAccessToken(admin, token.id)).revision;
    await db.update(accessTokens).set({ lastUsedAt: new Date() }).where(eq(accessTokens.id, token.id));
    await editAccessToken(admin, token.id, { name: token.name });
    await reactivateAccessToken(admin, token.id);
    expect(await current()).toBe(token.revision);
    const { revision: renamed } = await editAccessToken(admin, token.id, { name: "weekly" });
    const { revision: revoked } = await revokeAccessToken(admin, token.id);
    const { revision: reactivated } = await reactivateAccessToken(admin, token.id);
    expect(await current()).toBe(reactivated);
    expect(new Set([token.revision, renamed, revoked, reactivated]).size).toBe(4);
  });

  test.each([
    ["name", "name = 'other'"],
    ["expiry", "expires_at = expires_at - interval '1 day'"],
    ["revocation", "revoked_at = now()"],
    ["secret", "token_suffix = 'x9Qz', last_used_at = now()"],
  ])("changes with its %s, also for a writer that does not set it", async (_what, change) => {
    const { admin, token } = await createScene();
    await db.execute(`update access_tokens set ${change} where id = '${token.id}'`);
    expect((await getAccessToken(admin, token.id)).revision).not.toBe(token.revision);
  });

  test("changes with its role, which its technical user has", async () => {
    const { admin, token } = await createScene();
    const ofUser = eq(memberships.userId, token.technicalUser.id);
    await db.update(memberships).set({ role: "group_admin" }).where(ofUser);
    expect((await getAccessToken(admin, token.id)).revision).toBe(token.revision);
    await db.update(memberships).set({ role: "group_user" }).where(ofUser);
    expect(await getAccessToken(admin, token.id)).toMatchObject({
      role: "group_user",
      revision: expect.not.stringMatching(new RegExp(`^${token.revision}$`)),
    });
  });

  test("belongs to one token", async () => {
    const { admin, scope, token } = await createScene();
    expect((await createToken(admin, scope)).revision).not.toBe(token.revision);
  });

  test.each([
    ["revoke", revokeAccessToken],
    ["reactivate", reactivateAccessToken],
    ["delete", deleteAccessToken],
  ])("that is outdated stops a command to %s the token", async (_verb, command) => {
    const { admin, token } = await createScene();
    const before = await everyRow();
    expect(await refusal(command(admin, token.id, ["other"]))).toMatchObject({ code: "precondition_failed" });
    expect(await refusal(command(admin, token.id, []))).toMatchObject({ code: "precondition_failed" });
    expect(await everyRow()).toEqual(before);
    expect(await outcomes([command(admin, token.id, ["other", token.revision])])).toEqual({ done: 1 });
  });

  test("reveals nothing to actors who may not change the token", async () => {
    const { group, token, otherGroup } = await createScene();
    const revoke = (actor: typeof group.user) => refusal(revokeAccessToken(actor, token.id, ["other"]));
    expect(await revoke(group.user)).toMatchObject({ code: "forbidden" });
    expect(await revoke(otherGroup.admin)).toMatchObject({ code: "not_found" });
  });
});
