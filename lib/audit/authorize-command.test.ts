import { expect, test } from "vitest";
import { newId } from "@/db/ids";
import { reactivateAccessToken, revokeAccessToken } from "@/lib/access-tokens/change";
import { createAccessToken } from "@/lib/access-tokens/create";
import { planDotenv } from "@/lib/environment-variables/dotenv-import";
import { createInvitation } from "@/lib/invitations/create";
import { addMember, removeMember } from "@/lib/members/in-group";
import { mutate } from "@/lib/mutate";
import { addAccess, addAccessInput } from "@/lib/version-control/add";
import { checkAgain, replaceToken } from "@/lib/version-control/change";
import { createToken, tokenInput } from "@/testing/access-tokens";
import { withBrokenAuditLog } from "@/testing/database/database-owner";
import { refusal } from "@/testing/refusal";
import { from, recorded } from "@/testing/refusals";
import { createTenant } from "@/testing/tenant";

test("a denied attempt is recorded in the log of the scope, with the missing permission", async () => {
  const { group, otherGroup, organization } = await createTenant();
  const member = { email: otherGroup.user.email, role: "group_user" } as const;
  expect(await refusal(from(() => addMember(group.user, group.scope, member), "192.0.2.1"))).toMatchObject({
    code: "forbidden",
  });
  expect(await recorded(group.id, "attempt.denied", 1)).toMatchObject([
    {
      actorId: group.user.userId,
      actorName: group.user.name,
      subjectId: group.id,
      subjectName: group.name,
      detail: { permission: "members:manage" },
      address: "192.0.2.1",
      channel: "page",
    },
  ]);
  await refusal(from(() => createAccessToken(group.admin, organization.scope, tokenInput())));
  expect(await recorded(organization.id, "attempt.denied", 1)).toMatchObject([
    { actorId: group.admin.userId, groupId: null, detail: { permission: "access-tokens:create" } },
  ]);
});

test("a denied attempt of a technical user is recorded with the user and its token", async () => {
  const { group } = await createTenant();
  const { id, actor } = await createToken(group.admin, group.scope, { admin: true });
  expect(await refusal(from(() => createAccessToken(actor, group.scope, tokenInput())))).toMatchObject({
    code: "people_only",
  });
  expect(await recorded(group.id, "attempt.denied", 1)).toMatchObject([
    { actorId: actor.userId, actorKind: "technical", actorName: actor.name, accessTokenId: id },
  ]);
});

test("a denied attempt is recorded also if the command authorizes before it writes", async () => {
  const { group, organization } = await createTenant();
  const invitation = { email: "invited@example.com", role: "organization_admin" } as const;
  expect(await refusal(from(() => createInvitation(group.user, organization.scope, invitation)))).toMatchObject({
    code: "forbidden",
  });
  expect(await recorded(organization.id, "attempt.denied", 1)).toMatchObject([
    { actorId: group.user.userId, detail: { permission: "members:manage" } },
  ]);
  // A token may read itself with any role.
  const { id, actor } = await createToken(group.admin, group.scope);
  const credential = { token: "glpat-of-nobody", acceptPersonalToken: false };
  const access = addAccessInput.parse({
    ...credential,
    providerType: "gitlab",
    providerUrl: "https://gitlab.example",
    tokenScope: "project",
    targetId: "1",
  });
  const attempts: (() => Promise<unknown>)[] = [
    () => addAccess(actor, id, access),
    () => checkAgain(actor, id, newId("vca")),
    () => replaceToken(actor, id, newId("vca"), credential),
    () => planDotenv(actor, id, "A=1"),
  ];
  for (const [place, attempt] of attempts.entries()) {
    expect(await refusal(from(attempt))).toMatchObject({ code: "forbidden" });
    const events = await recorded(group.id, "attempt.denied", place + 1);
    expect(events.at(-1)).toMatchObject({ accessTokenId: id, detail: { permission: "access-tokens:manage" } });
  }
});

test("an attempt is recorded only if a permission was missing", async () => {
  const { group } = await createTenant();
  const { id, actor } = await createToken(group.admin, group.scope, { admin: true });
  const attempts: (() => Promise<unknown>)[] = [
    () => removeMember(group.admin, group.scope, actor.userId),
    () => reactivateAccessToken(actor, id),
  ];
  for (const attempt of attempts) expect(await refusal(from(attempt))).toMatchObject({ code: "forbidden" });
  await refusal(from(() => revokeAccessToken(group.user, id)));
  expect(await recorded(group.id, "attempt.denied", 1)).toMatchObject([{ actorId: group.user.userId }]);
});

test("a denied attempt is recorded once in ten minutes for each address and permission", async () => {
  const { group, otherGroup } = await createTenant();
  const member = { email: otherGroup.user.email, role: "group_user" } as const;
  const add = () => addMember(group.user, group.scope, member);
  const create = () => createAccessToken(group.user, group.scope, tokenInput());
  // Events are recorded in the background, and could otherwise overtake each other.
  for (const [address, count] of [
    ["2001:db8:1::1", 1],
    ["2001:db8:1::2", 1],
    ["2001:db8:2::1", 2],
  ] as const) {
    for (let time = 0; time < 3; time++) await refusal(from(add, address));
    await recorded(group.id, "attempt.denied", count);
  }
  await refusal(from(create, "2001:db8:1::1"));
  const events = await recorded(group.id, "attempt.denied", 3);
  expect(events.map(({ address }) => address)).toEqual(["2001:db8:1::1", "2001:db8:2::1", "2001:db8:1::1"]);
});

test("an unknown or hidden object, another refusal, or a failure is not recorded", async () => {
  const { group, otherGroup } = await createTenant();
  const { id } = await createToken(group.admin, group.scope);
  await refusal(from(() => revokeAccessToken(otherGroup.admin, id)));
  await refusal(from(() => revokeAccessToken(group.admin, newId("tok"))));
  const failing = mutate(group.admin, group.scope, "access-tokens:manage", () => Promise.reject(new Error("bug")));
  await expect(failing).rejects.toThrow("bug");
  await refusal(from(() => revokeAccessToken(group.user, id)));
  expect(await recorded(group.id, "attempt.denied", 1)).toMatchObject([{ actorId: group.user.userId }]);
});

test("a denied attempt gets the same refusal if it can't be recorded", async () => {
  const { group, otherGroup } = await createTenant();
  const member = { email: otherGroup.user.email, role: "group_user" } as const;
  const attempt = () => refusal(from(() => addMember(group.user, group.scope, member)));
  const usual = await attempt();
  await withBrokenAuditLog(async () => expect(await attempt()).toEqual(usual));
});
