import { and, eq, like } from "drizzle-orm";
import { describe, expect, test } from "vitest";
import { db } from "@/db/client";
import { accessTokens, auditEvents, memberships, users } from "@/db/schema";
import { listAccessTokens } from "@/lib/access-token-list/queries";
import { changeMemberRole, removeMember } from "@/lib/members/in-group";
import { createToken, tokenInput } from "@/testing/access-tokens";
import { eventsOn } from "@/testing/audit";
import { hold, waitForLockWaiters } from "@/testing/database/locks";
import { outcomes, refusal } from "@/testing/refusal";
import { createPerson, createTenant } from "@/testing/tenant";
import { deleteAccessToken, reactivateAccessToken, revokeAccessToken } from "./change";
import { createAccessToken } from "./create";
import { getAccessToken } from "./queries";

const rounds = 10;

/** A group with two admins and a token with the admin role. */
async function createScene() {
  const tenant = await createTenant();
  const { organization, group } = tenant;
  const second = await createPerson(organization.id, "organization_user", { [group.id]: "group_admin" });
  const token = await createToken(group.admin, group.scope, { admin: true });
  return { ...tenant, first: group.admin, second, scope: group.scope, token };
}

async function actions(tokenId: string): Promise<string[]> {
  return (await eventsOn(tokenId)).map(({ action }) => action.replace("access_token.", ""));
}

describe("one token", () => {
  test("that two admins revoke and delete at once is gone, and the log has what took effect", async () => {
    for (let round = 0; round < rounds; round++) {
      const { first, second, token } = await createScene();
      const ended = await outcomes([revokeAccessToken(first, token.id), deleteAccessToken(second, token.id)]);
      const revokedFirst = ended.done === 2;
      expect(ended).toEqual(revokedFirst ? { done: 2 } : { done: 1, not_found: 1 });
      expect(await refusal(getAccessToken(first, token.id))).toMatchObject({ code: "not_found" });
      expect(await actions(token.id)).toEqual(
        revokedFirst ? ["created", "revoked", "deleted"] : ["created", "deleted"],
      );
    }
  });

  test("that many requests delete at once is deleted once", async () => {
    const { first, second, token } = await createScene();
    const deletions = Array.from({ length: 20 }, (_, one) => deleteAccessToken(one % 2 ? first : second, token.id));
    expect(await outcomes(deletions)).toEqual({ done: 1, not_found: 19 });
    expect(await actions(token.id)).toEqual(["created", "deleted"]);
  });

  test("that many requests revoke at once is revoked once", async () => {
    const { first, token } = await createScene();
    const revocations = Array.from({ length: 20 }, () => revokeAccessToken(first, token.id));
    expect(await outcomes(revocations)).toEqual({ done: 20 });
    expect(await actions(token.id)).toEqual(["created", "revoked"]);
  });

  test("that is revoked and reactivated at once ends in the state of its last event", async () => {
    const { first, second, token } = await createScene();
    const changes = Array.from({ length: 20 }, (_, one) =>
      one % 2 ? revokeAccessToken(first, token.id) : reactivateAccessToken(second, token.id),
    );
    expect(await outcomes(changes)).toEqual({ done: 20 });
    const { status } = await getAccessToken(first, token.id);
    const changed = (await actions(token.id)).slice(1);
    for (const [place, action] of changed.entries()) {
      expect(action).toBe(place % 2 ? "reactivated" : "revoked");
    }
    expect(status).toBe(changed.length % 2 ? "revoked" : "active");
  });

  test("may revoke itself while a person deletes it", async () => {
    for (let round = 0; round < 3; round++) {
      const { first, token } = await createScene();
      const ended = await outcomes([deleteAccessToken(first, token.id), revokeAccessToken(token.actor, token.id)]);
      expect([{ done: 2 }, { done: 1, not_found: 1 }]).toContainEqual(ended);
      expect((await actions(token.id)).at(-1)).toBe("deleted");
    }
  });
});

test("one of two tokens that delete each other at once is left", async () => {
  const { first, scope, token } = await createScene();
  const other = await createToken(first, scope, { admin: true });
  const ended = await outcomes([deleteAccessToken(token.actor, other.id), deleteAccessToken(other.actor, token.id)]);
  expect(ended).toEqual({ done: 1, not_found: 1 });
  expect((await listAccessTokens(first, scope)).items).toHaveLength(1);
});

test("fifty concurrent creations with one name create one complete token", async () => {
  const { group } = await createTenant();
  const creations = Array.from({ length: 50 }, (_, one) =>
    createAccessToken(group.admin, group.scope, tokenInput({ name: one % 2 ? "nightly" : "NIGHTLY" })),
  );
  expect(await outcomes(creations)).toEqual({ done: 1, name_taken: 49 });
  expect(await db.$count(accessTokens, eq(accessTokens.groupId, group.id))).toBe(1);
  const technical = and(eq(memberships.groupId, group.id), eq(memberships.kind, "technical"));
  expect(await db.$count(memberships, technical)).toBe(1);
  expect(await db.$count(users, like(users.name, "nightly-%"))).toBe(1);
  expect(await db.$count(auditEvents, eq(auditEvents.groupId, group.id))).toBe(1);
});

test("a name that is freed and taken at once is never taken twice", async () => {
  for (let round = 0; round < rounds; round++) {
    const { first, second, scope, token } = await createScene();
    const creation = createAccessToken(second, scope, tokenInput({ name: token.name }));
    const ended = await outcomes([creation, deleteAccessToken(first, token.id)]);
    expect([{ done: 2 }, { done: 1, name_taken: 1 }]).toContainEqual(ended);
    expect((await listAccessTokens(first, scope)).items).toHaveLength((ended.done ?? 0) - 1);
  }
});

describe("an admin", () => {
  const attempts: [string, (scene: Awaited<ReturnType<typeof createScene>>) => Promise<unknown>][] = [
    ["creates", ({ first, scope }) => createAccessToken(first, scope, tokenInput())],
    ["revokes", ({ first, token }) => revokeAccessToken(first, token.id)],
    ["reactivates", ({ first, token }) => reactivateAccessToken(first, token.id)],
    ["deletes", ({ first, token }) => deleteAccessToken(first, token.id)],
  ];

  test.each(attempts)("who was demoted after opening the page and %s is refused", async (_what, attempt) => {
    const scene = await createScene();
    await listAccessTokens(scene.first, scene.scope);
    await changeMemberRole(scene.second, scene.scope, scene.first.userId, "group_user");
    expect(await refusal(attempt(scene))).toMatchObject({ code: "forbidden" });
    await removeMember(scene.second, scene.scope, scene.first.userId);
    expect(await refusal(attempt(scene))).toMatchObject({ code: "not_found" });
    expect(await actions(scene.token.id)).toEqual(["created"]);
  });

  test.each(attempts)("who is being demoted and %s waits and is then refused", async (_what, attempt) => {
    const scene = await createScene();
    const { userId } = scene.first;
    const demote = "update memberships set role = 'group_user' where user_id = $1 and group_id is not null";
    const release = await hold(demote, userId);
    const answer = refusal(attempt(scene));
    await waitForLockWaiters(1);
    await release();
    expect(await answer).toMatchObject({ code: "forbidden" });
    expect(await actions(scene.token.id)).toEqual(["created"]);
  });

  test("who is being removed waits, and finds no group to create a token in", async () => {
    const scene = await createScene();
    const release = await hold(
      "delete from memberships where user_id = $1 and group_id is not null",
      scene.first.userId,
    );
    const answer = refusal(createAccessToken(scene.first, scene.scope, tokenInput()));
    await waitForLockWaiters(1);
    await release();
    expect(await answer).toMatchObject({ code: "not_found" });
  });
});
