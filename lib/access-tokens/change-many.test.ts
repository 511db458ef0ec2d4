import { randomBytes } from "node:crypto";
import { and, eq, inArray, like, sql } from "drizzle-orm";
import { describe, expect, test, vi } from "vitest";
import { db } from "@/db/client";
import { newId } from "@/db/ids";
import { accessTokens, auditEvents, memberships, runners, versionControlAccesses } from "@/db/schema";
import { seedTokens } from "@/db/seed-many";
import { type ChangePlan, getChangePlan, type Selection } from "@/lib/access-token-list/change-plan";
import { listAccessTokens } from "@/lib/access-token-list/queries";
import type { Actor } from "@/lib/auth/actor";
import type { Scope } from "@/lib/auth/scope";
import { deleteGroup } from "@/lib/groups/delete";
import { processWide } from "@/lib/process/process-wide";
import { createToken, expire } from "@/testing/access-tokens";
import { eventsOn } from "@/testing/audit";
import { asOwner, everyRow } from "@/testing/database/database-owner";
import { addPipeline } from "@/testing/pipelines/pipelines";
import { outcomes, refusal } from "@/testing/refusal";
import { createTenant } from "@/testing/tenant";
import { authenticateAccessToken } from "./authenticate";
import { reactivateAccessToken, revokeAccessToken } from "./change";
import { type ChangeOfMany, changeAccessTokens, changesOfMany } from "./change-many";
import { editAccessToken } from "./edit";

async function createScene() {
  const { group, otherGroup, organization, organizationAdmin } = await createTenant();
  const { admin, scope } = group;
  const create = (name: string) => createToken(admin, scope, { name });
  const [active, second, revoked, expired] = [
    await create("active"),
    await create("active too"),
    await create("revoked"),
    await create("expired"),
  ];
  await revokeAccessToken(admin, revoked.id);
  await expire(expired.id);
  const all = [active, second, revoked, expired].map(({ id }) => id);
  return { group, otherGroup, organization, organizationAdmin, admin, scope, active, second, revoked, expired, all };
}

const plan = (actor: Actor, scope: Scope, change: ChangeOfMany, ids: string[]) =>
  getChangePlan(actor, scope, change, { ids });

/** Plans the change and carries it out. */
async function change(actor: Actor, scope: Scope, kind: ChangeOfMany, ids: string[]) {
  return changeAccessTokens(actor, scope, kind, expectedOf(await plan(actor, scope, kind, ids)));
}

const expectedOf = ({ tokens }: ChangePlan) => tokens.map(({ id, revision }) => ({ id, revision }));
const lastEvents = async (id: string) => (await eventsOn(id)).slice(1);
const statuses = async (actor: Actor, scope: Scope) => {
  const { items } = await listAccessTokens(actor, scope, { sort: "name" });
  return Object.fromEntries(items.map(({ name, status }) => [name, status]));
};

describe("a plan", () => {
  const expected: Record<ChangeOfMany, { applies: string[]; leftOut: [string, string][] }> = {
    revoke: {
      applies: ["active", "active too"],
      leftOut: [
        ["expired", "expired"],
        ["revoked", "revoked"],
      ],
    },
    reactivate: {
      applies: ["revoked"],
      leftOut: [
        ["active", "active"],
        ["active too", "active"],
        ["expired", "expired"],
      ],
    },
    delete: { applies: ["active", "active too", "expired", "revoked"], leftOut: [] },
  };

  test.each(changesOfMany)("of %s says to which tokens it applies, and why not to the others", async (kind) => {
    const { admin, scope, all } = await createScene();
    const { tokens, leftOut } = await plan(admin, scope, kind, all);
    expect(tokens.map(({ name }) => name)).toEqual(expected[kind].applies);
    expect(leftOut.map(({ name, obstacle }) => [name, obstacle])).toEqual(expected[kind].leftOut);
  });

  test("takes what a list shows, with its filter and search", async () => {
    const { admin, scope, otherGroup } = await createScene();
    await createToken(otherGroup.admin, otherGroup.scope, { name: "active elsewhere" });
    const selection: Selection = { list: { search: "active", status: "active", sort: "-name" } };
    const { tokens } = await getChangePlan(admin, scope, "delete", selection);
    expect(tokens.map(({ name }) => name)).toEqual(["active too", "active"]);
  });

  test("reads only, and names no id of another group", async () => {
    const { admin, scope, all, otherGroup } = await createScene();
    const foreign = await createToken(otherGroup.admin, otherGroup.scope);
    const before = await everyRow();
    const unknown = await refusal(plan(admin, scope, "delete", [...all, newId("tok")]));
    expect(unknown).toMatchObject({ code: "not_found" });
    for (const id of [foreign.id, "", "\0", "' or true --"]) {
      expect(await refusal(plan(admin, scope, "delete", [...all, id])), id).toEqual(unknown);
    }
    expect(await everyRow()).toEqual(before);
  });

  test("is forbidden to a member without the role, and hidden from strangers", async () => {
    const { group, otherGroup, organizationAdmin, scope, all } = await createScene();
    for (const actor of [group.user, organizationAdmin]) {
      expect(await refusal(plan(actor, scope, "revoke", all))).toMatchObject({ code: "forbidden" });
    }
    expect(await refusal(plan(otherGroup.admin, scope, "revoke", all))).toMatchObject({ code: "not_found" });
  });
});

describe("a change of many", () => {
  test("revokes them at once, with an event for each", async () => {
    const { admin, scope, active, second, all } = await createScene();
    const changed = await change(admin, scope, "revoke", all);
    expect(changed.map(({ id }) => id).toSorted()).toEqual([active.id, second.id].toSorted());
    expect(await statuses(admin, scope)).toEqual({
      active: "revoked",
      "active too": "revoked",
      revoked: "revoked",
      expired: "expired",
    });
    for (const token of [active, second]) {
      expect(await authenticateAccessToken(token.secret)).toBeUndefined();
      const event = { action: "access_token.revoked", actorId: admin.userId, detail: {} };
      expect(await lastEvents(token.id)).toEqual([event]);
    }
  });

  test("answers revisions with which exactly these can be reactivated", async () => {
    const { admin, scope, active, all } = await createScene();
    const revoked = await change(admin, scope, "revoke", all);
    await changeAccessTokens(admin, scope, "reactivate", revoked);
    expect(await statuses(admin, scope)).toMatchObject({
      active: "active",
      "active too": "active",
      revoked: "revoked",
    });
    expect((await authenticateAccessToken(active.secret))?.token.id).toBe(active.id);
    expect((await lastEvents(active.id)).map(({ action }) => action)).toEqual([
      "access_token.revoked",
      "access_token.reactivated",
    ]);
  });

  test("undoes nothing if one was changed again since", async () => {
    const { admin, scope, active, second, all } = await createScene();
    const revoked = await change(admin, scope, "revoke", all);
    await reactivateAccessToken(admin, active.id);
    await revokeAccessToken(admin, active.id);
    expect(await refusal(changeAccessTokens(admin, scope, "reactivate", revoked))).toMatchObject({ code: "conflict" });
    expect((await lastEvents(second.id)).map(({ action }) => action)).toEqual(["access_token.revoked"]);
  });

  test("deletes them for good, and keeps their technical users' names", async () => {
    const { admin, scope, active, revoked, all } = await createScene();
    await change(admin, scope, "delete", all);
    expect((await listAccessTokens(admin, scope)).items).toEqual([]);
    const users = [active, revoked].map(({ technicalUser }) => technicalUser.id);
    expect(await db.$count(memberships, inArray(memberships.userId, users))).toBe(0);
    expect(await authenticateAccessToken(active.secret)).toBeUndefined();
    expect((await lastEvents(revoked.id)).at(-1)).toEqual({
      action: "access_token.deleted",
      actorId: admin.userId,
      detail: { role: "group_user", technical_user: revoked.technicalUser.username },
    });
  });

  test("are planned with how many are active, and the last use of any", async () => {
    const { admin, scope, active, second, revoked, expired, all } = await createScene();
    const facts = async (ids: string[]) => {
      const { active: amount, lastUsedAt } = await plan(admin, scope, "delete", ids);
      return { amount, lastUsedAt };
    };
    expect(await facts([revoked.id, expired.id])).toEqual({ amount: 0, lastUsedAt: null });
    const uses = [new Date("2026-11-29T10:00:00Z"), new Date("2026-11-28T10:00:00Z")];
    for (const [place, { id }] of [active, second].entries()) {
      await db.update(accessTokens).set({ lastUsedAt: uses[place] }).where(eq(accessTokens.id, id));
    }
    expect(await facts(all)).toEqual({ amount: 2, lastUsedAt: uses[0] });
  });

  test.each(["revoke", "delete"] as const)(
    "that is to %s releases their runners and wakes the background",
    async (kind) => {
      const { admin, scope, active, second, organization } = await createScene();
      const runner = await addRunner(organization.id, active.id);
      await addPipeline(admin, second.id);
      const { runners: counted, accesses, pipelines } = await plan(admin, scope, kind, [active.id, second.id]);
      expect({ counted, accesses, pipelines }).toEqual({ counted: 1, accesses: 1, pipelines: 1 });
      processWide.hasDueRunners = false;
      await change(admin, scope, kind, [active.id, second.id]);
      expect(processWide.hasDueRunners).toBe(true);
      const [after] = await db.select({ state: runners.state }).from(runners).where(eq(runners.id, runner));
      expect(after).toEqual({ state: "unregistering" });
    },
  );

  test.each(changesOfMany)("to %s is done for none if one has changed meanwhile", async (kind) => {
    const { admin, scope, active, second, revoked, all } = await createScene();
    const expected = expectedOf(await plan(admin, scope, kind, all));
    const touched = kind === "reactivate" ? revoked : second;
    await editAccessToken(admin, touched.id, { name: "renamed" });
    const before = await everyRow();
    expect(await refusal(changeAccessTokens(admin, scope, kind, expected))).toEqual({
      code: "conflict",
      message: "“renamed” has changed meanwhile, so nothing was done. Reload the list and select again.",
      errors: [],
    });
    expect(await everyRow()).toEqual(before);
    expect(await authenticateAccessToken(active.secret)).toBeDefined();
  });

  test.each(["revoke", "reactivate"] as const)("to %s is done for none if one has expired meanwhile", async (kind) => {
    const { admin, scope, active, second, revoked } = await createScene();
    await revokeAccessToken(admin, second.id);
    const other = await createToken(admin, scope);
    const ids = kind === "revoke" ? [active.id, other.id] : [revoked.id, second.id];
    const expected = expectedOf(await plan(admin, scope, kind, ids));
    await db
      .update(accessTokens)
      .set({ createdAt: sql`now() - interval '2 days'`, expiresAt: sql`now() - interval '1 second'` })
      .where(eq(accessTokens.id, ids[1] ?? ""));
    const before = await everyRow();
    expect(await refusal(changeAccessTokens(admin, scope, kind, expected))).toMatchObject({ code: "conflict" });
    expect(await everyRow()).toEqual(before);
  });

  test("is done for none if one is not the group's, like an unknown one", async () => {
    const { admin, scope, otherGroup, active, all } = await createScene();
    const expected = expectedOf(await plan(admin, scope, "delete", all));
    const foreign = await createToken(otherGroup.admin, otherGroup.scope);
    const [{ revision = "" } = {}] = expectedOf(await plan(otherGroup.admin, otherGroup.scope, "delete", [foreign.id]));
    const before = await everyRow();
    const attempt = (id: string) =>
      refusal(changeAccessTokens(admin, scope, "delete", [...expected, { id, revision }]));
    const unknown = await attempt(newId("tok"));
    expect(unknown).toMatchObject({ code: "not_found" });
    for (const id of [foreign.id, "", "\0"]) expect(await attempt(id), id).toEqual(unknown);
    expect(await everyRow()).toEqual(before);
    expect(await authenticateAccessToken(active.secret)).toBeDefined();
  });

  test("is refused to a member without the role, and hidden from strangers", async () => {
    const { admin, group, otherGroup, organizationAdmin, scope, all } = await createScene();
    const expected = expectedOf(await plan(admin, scope, "delete", all));
    for (const actor of [group.user, organizationAdmin]) {
      const refused = await refusal(changeAccessTokens(actor, scope, "delete", expected));
      expect(refused).toMatchObject({ code: "forbidden" });
    }
    const hidden = await refusal(changeAccessTokens(otherGroup.admin, scope, "delete", expected));
    expect(hidden).toMatchObject({ code: "not_found" });
    expect(Object.keys(await statuses(admin, scope))).toHaveLength(all.length);
  });

  test("does not let a token reactivate itself", async () => {
    const { admin, scope, revoked } = await createScene();
    const acting = await createToken(admin, scope, { admin: true });
    await revokeAccessToken(admin, acting.id);
    const ids = [acting.id, revoked.id];
    const { leftOut } = await plan(acting.actor, scope, "reactivate", ids);
    expect(leftOut).toEqual([{ name: acting.name, obstacle: "itself" }]);
    const expected = expectedOf(await plan(admin, scope, "reactivate", ids));
    const refused = await refusal(changeAccessTokens(acting.actor, scope, "reactivate", expected));
    expect(refused).toMatchObject({ code: "forbidden", message: "An access token can't reactivate itself." });
    expect((await statuses(admin, scope)).revoked).toBe("revoked");
  });

  test.each([0, 1001])("of %i tokens is refused before any work", async (count) => {
    const { admin, scope } = await createScene();
    const expected = Array.from({ length: count }, () => ({ id: newId("tok"), revision: "" }));
    expect(await refusal(changeAccessTokens(admin, scope, "delete", expected))).toMatchObject({ code: "malformed" });
  });
});

describe("two changes at once", () => {
  test("of the same tokens take effect once", async () => {
    const { admin, scope, active, all } = await createScene();
    const expected = expectedOf(await plan(admin, scope, "revoke", all));
    const attempts = Array.from({ length: 5 }, () => changeAccessTokens(admin, scope, "revoke", expected.toReversed()));
    expect(await outcomes(attempts)).toEqual({ done: 1, conflict: 4 });
    expect(await lastEvents(active.id)).toHaveLength(1);
  });

  test("of many and of one end in one of the two orders", async () => {
    for (let round = 0; round < 5; round++) {
      const { admin, scope, active, second, all } = await createScene();
      const expected = expectedOf(await plan(admin, scope, "delete", all));
      const ended = await outcomes([
        changeAccessTokens(admin, scope, "delete", expected),
        revokeAccessToken(admin, second.id),
      ]);
      const left = Object.keys(await statuses(admin, scope));
      expect([
        { ended: { done: 1, not_found: 1 }, left: 0 },
        { ended: { done: 1, conflict: 1 }, left: all.length },
      ]).toContainEqual({ ended, left: left.length });
      expect(Boolean(await authenticateAccessToken(active.secret))).toBe(left.length > 0);
    }
  });

  test("a deletion of many and one of the group", async () => {
    for (let round = 0; round < 5; round++) {
      const { admin, scope, group, organization, organizationAdmin, all } = await createScene();
      const expected = expectedOf(await plan(admin, scope, "delete", all));
      const ended = await outcomes([
        changeAccessTokens(admin, scope, "delete", expected),
        deleteGroup(organizationAdmin, organization.scope, group.id, { name: group.name }),
      ]);
      expect([{ done: 2 }, { done: 1, not_found: 1 }]).toContainEqual(ended);
      expect(await db.$count(accessTokens, inArray(accessTokens.id, all))).toBe(0);
    }
  });
});

test("a thousand tokens take a bounded number of statements, with an event for each", async () => {
  const { group } = await createTenant();
  const hashes = Array.from({ length: 1002 }, () => randomBytes(32));
  await asOwner((owner) => seedTokens(owner, group.id, hashes.length, { hashes }));
  const seeded = await db.select().from(accessTokens).where(eq(accessTokens.groupId, group.id));
  const names = seeded.map(({ name }) => name).sort();
  for (const kind of changesOfMany) {
    const { tokens } = await getChangePlan(group.admin, group.scope, kind, { list: { sort: "name" } });
    // After the first two changes the thousand are active again.
    expect(tokens.map(({ name }) => name)).toEqual(names.slice(0, 1000));
    const asked = vi.spyOn((await import("pg")).Client.prototype, "query");
    await changeAccessTokens(group.admin, group.scope, kind, tokens);
    expect(asked.mock.calls.length).toBeLessThan(20);
    asked.mockRestore();
  }
  const left = await listAccessTokens(group.admin, group.scope, { sort: "name" });
  expect(left.items.map(({ name }) => name)).toEqual(names.slice(1000));
  for (const action of ["access_token.revoked", "access_token.reactivated", "access_token.deleted"]) {
    const recorded = and(eq(auditEvents.groupId, group.id), like(auditEvents.action, action));
    expect(await db.$count(auditEvents, recorded)).toBe(1000);
  }
}, 120_000);

/** A registered runner with its access, as rows alone. */
async function addRunner(organizationId: string, accessTokenId: string): Promise<string> {
  const [access] = await db
    .insert(versionControlAccesses)
    .values({
      organizationId,
      accessTokenId,
      providerType: "gitlab",
      providerUrl: "https://gitlab.example.com",
      tokenScope: "project",
      targetId: "1",
      sealedToken: Buffer.alloc(1),
      tokenSuffix: "abcd",
      acceptsPersonalToken: false,
    })
    .returning({ id: versionControlAccesses.id });
  const [runner] = await db
    .insert(runners)
    .values({ organizationId, accessId: access?.id ?? "", accessTokenId, state: "registered", tags: [] })
    .returning({ id: runners.id });
  return runner?.id ?? "";
}
