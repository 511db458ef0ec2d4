import { describe, expect, test } from "vitest";
import { newId } from "@/db/ids";
import { type ListAccessTokens, listAccessTokens } from "@/lib/access-token-list/queries";
import type { Actor } from "@/lib/auth/actor";
import { groupScope, type Scope } from "@/lib/auth/scope";
import { createToken, expire } from "@/testing/access-tokens";
import { refusal } from "@/testing/refusal";
import { sharedCases } from "@/testing/shared-cases";
import { createPerson, createTenant } from "@/testing/tenant";
import { revokeAccessToken } from "./change";
import { getAccessToken } from "./queries";
import { hashSecret } from "./secret";

async function createScene() {
  const tenant = await createTenant();
  const { group, organization, organizationAdmin } = tenant;
  return {
    ...tenant,
    adminToken: await createToken(group.admin, group.scope, { admin: true }),
    userToken: await createToken(group.admin, group.scope),
    organizationToken: await createToken(organizationAdmin, organization.scope, { admin: true }),
    organizationUserToken: await createToken(organizationAdmin, organization.scope),
  };
}
type Scene = Awaited<ReturnType<typeof createScene>>;

const ids = (page: { items: { id: string }[] }) => page.items.map(({ id }) => id).sort();

describe("a group's tokens", () => {
  const readers: [string, (scene: Scene) => Actor][] = [
    ["a group admin", ({ group }) => group.admin],
    ["a token with the admin role", ({ adminToken }) => adminToken.actor],
    ["an organization token with the admin role", ({ organizationToken }) => organizationToken.actor],
  ];
  test.each(readers)("are listed for %s, without any others", async (_who, actorIn) => {
    const scene = await createScene();
    await createToken(scene.otherGroup.admin, scene.otherGroup.scope);
    const expected = [scene.adminToken.id, scene.userToken.id].sort();
    expect(ids(await listAccessTokens(actorIn(scene), scene.group.scope))).toEqual(expected);
    for (const id of expected) {
      expect((await getAccessToken(actorIn(scene), id)).id).toBe(id);
    }
  });

  const others: [string, string, (scene: Scene) => Actor | Promise<Actor>][] = [
    ["a group user", "forbidden", ({ group }) => group.user],
    ["an organization admin without a role in the group", "forbidden", ({ organizationAdmin }) => organizationAdmin],
    ["a token with the user role", "forbidden", ({ userToken }) => userToken.actor],
    [
      "an organization token with the user role",
      "forbidden",
      ({ organizationUserToken }) => organizationUserToken.actor,
    ],
    ["an admin of another group", "not_found", ({ otherGroup }) => otherGroup.admin],
    ["an organization user", "not_found", ({ organization }) => createPerson(organization.id, "organization_user")],
    ["another organization's admin", "not_found", async () => (await createTenant()).organizationAdmin],
    ["another organization's token", "not_found", async () => (await createScene()).organizationToken.actor],
  ];
  test.each(others)("are not listed for %s: %s", async (_who, code, actorIn) => {
    const scene = await createScene();
    const actor = await actorIn(scene);
    const answer = await refusal(listAccessTokens(actor, scene.group.scope));
    expect(answer).toMatchObject({ code });
    if (code === "not_found") {
      expect(await refusal(listAccessTokens(actor, groupScope(newId("grp"))))).toEqual(answer);
    }
    const unknown = await refusal(getAccessToken(actor, newId("tok")));
    expect(unknown).toMatchObject({ code: "not_found" });
    expect(await refusal(getAccessToken(actor, scene.adminToken.id))).toEqual(unknown);
  });
});

describe("an organization's tokens", () => {
  test("are listed for its admins and admin tokens, separately from those of its groups", async () => {
    const scene = await createScene();
    const expected = [scene.organizationToken.id, scene.organizationUserToken.id].sort();
    for (const actor of [scene.organizationAdmin, scene.organizationToken.actor]) {
      expect(ids(await listAccessTokens(actor, scene.organization.scope))).toEqual(expected);
    }
  });

  test("are forbidden to others who can see the organization, and hidden from strangers", async () => {
    const scene = await createScene();
    const list = (actor: Actor) => refusal(listAccessTokens(actor, scene.organization.scope));
    const insiders = [scene.group.admin, scene.group.user, scene.adminToken.actor, scene.organizationUserToken.actor];
    for (const actor of insiders) expect(await list(actor)).toMatchObject({ code: "forbidden" });
    const stranger = (await createTenant()).organizationAdmin;
    const nowhere: Scope = { kind: "organization", organizationId: newId("org") };
    expect(await list(stranger)).toMatchObject({ code: "not_found" });
    expect(await list(stranger)).toEqual(await refusal(listAccessTokens(stranger, nowhere)));
  });
});

describe("a token with the user role", () => {
  test("reads itself and nothing else", async () => {
    const { userToken, adminToken, organizationUserToken } = await createScene();
    const { secret, actor, ...own } = userToken;
    expect(await getAccessToken(actor, own.id)).toEqual(own);
    expect(await refusal(getAccessToken(actor, adminToken.id))).toMatchObject({ code: "not_found" });
    const itself = await getAccessToken(organizationUserToken.actor, organizationUserToken.id);
    expect(itself.id).toBe(organizationUserToken.id);
  });

  test("isn't found in another scope", async () => {
    const { otherGroup, organization, userToken } = await createScene();
    for (const scope of [otherGroup.scope, organization.scope]) {
      expect(await refusal(getAccessToken(userToken.actor, userToken.id, scope))).toMatchObject({ code: "not_found" });
    }
  });
});

test("a token of another scope is not found, like an unknown one", async () => {
  const { group, otherGroup, organizationToken } = await createScene();
  const other = await createToken(otherGroup.admin, otherGroup.scope);
  const unknown = await refusal(getAccessToken(group.admin, newId("tok")));
  expect(unknown).toEqual({ code: "not_found", message: "This access token was not found.", errors: [] });
  for (const id of [other.id, organizationToken.id, group.id, "", "\0", "-1", "1.5", "../../admin", "__proto__"]) {
    expect(await refusal(getAccessToken(group.admin, id)), id).toEqual(unknown);
  }
});

test("the list contains neither the secret nor its hash", async () => {
  const { group, adminToken } = await createScene();
  const answers = [
    await listAccessTokens(group.admin, group.scope),
    await getAccessToken(group.admin, adminToken.id),
    await revokeAccessToken(group.admin, adminToken.id),
  ];
  const text = JSON.stringify(answers);
  const hash = hashSecret(adminToken.secret);
  expect(text).toContain(adminToken.id);
  for (const hidden of [adminToken.secret.slice(4, -4), hash.toString("hex"), hash.toString("base64")]) {
    expect(text).not.toContain(hidden);
  }
  expect(text.replaceAll('"retiringSecret":null', "")).not.toMatch(/"[^"]*(secret|hash)[^"]*":/i);
});

test("the status filter selects active, revoked or expired tokens", async () => {
  const { group } = await createTenant();
  const { admin, scope } = group;
  const [active, revoked, expired, both] = [
    await createToken(admin, scope),
    await createToken(admin, scope),
    await createToken(admin, scope),
    await createToken(admin, scope),
  ];
  for (const { id } of [revoked, both]) await revokeAccessToken(admin, id);
  for (const { id } of [expired, both]) await expire(id);
  for (const [status, tokens] of [
    ["active", [active]],
    ["revoked", [revoked]],
    ["expired", [expired, both]],
  ] as const) {
    const page = await listAccessTokens(admin, scope, { status });
    expect(ids(page), status).toEqual(tokens.map(({ id }) => id).sort());
    expect(new Set(page.items.map((token) => token.status))).toEqual(new Set([status]));
  }
});

describe("search", () => {
  const names = [
    "100% sure",
    "100 sure",
    "under_score",
    "underXscore",
    "it's",
    "<b>bold</b>",
    "back\\slash",
    "Nightly CI",
    "Grüße",
    "ΟΔΟΣ",
    "日本語",
  ];
  const found: [string, string[]][] = [
    ["%", ["100% sure"]],
    ["_", ["under_score"]],
    ["'", ["it's"]],
    ["<b>", ["<b>bold</b>"]],
    ["\\", ["back\\slash"]],
    ["NIGHT", ["Nightly CI"]],
    ["nightly ci", ["Nightly CI"]],
    ["GRÜSSE", ["Grüße"]],
    ["gru\u0308ße", ["Grüße"]],
    ["οδος", ["ΟΔΟΣ"]],
    ["本", ["日本語"]],
    ["sure", ["100 sure", "100% sure"]],
    ["%%", []],
    ["nothing like it", []],
    ["\0", []],
    ["\uD800", []],
  ];
  test("finds names literally, in any case", async () => {
    const { group } = await createTenant();
    for (const name of names) await createToken(group.admin, group.scope, { name });
    const search = async (options: ListAccessTokens) =>
      (await listAccessTokens(group.admin, group.scope, { ...options, sort: "name" })).items.map(({ name }) => name);
    for (const [needle, expected] of found) expect(await search({ search: needle }), needle).toEqual(expected);
    expect(await search({ search: "" })).toHaveLength(names.length);
    expect(await search({ search: "sure", status: "revoked" })).toEqual([]);
    for (const { value, why } of sharedCases("search")) {
      expect(await search({ search: String(value) }), why).toHaveLength(1);
    }
  });
});
