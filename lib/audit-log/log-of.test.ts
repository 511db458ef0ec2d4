import { text } from "node:stream/consumers";
import { expect, test } from "vitest";
import { newId } from "@/db/ids";
import { revokeAccessToken } from "@/lib/access-tokens/change";
import type { Actor } from "@/lib/auth/actor";
import type { Scope } from "@/lib/auth/scope";
import { deleteGroup } from "@/lib/groups/delete";
import { createToken } from "@/testing/access-tokens";
import { refusal } from "@/testing/refusal";
import { createTenant } from "@/testing/tenant";
import { exportAuditEvents } from "./export";
import { auditFilterNames } from "./names";
import { listAuditEvents } from "./queries";

async function createDeleted() {
  const tenant = await createTenant();
  const { group, organization, organizationAdmin } = tenant;
  const token = await createToken(group.admin, group.scope, { admin: true, name: "nightly" });
  const { id } = await createToken(group.admin, group.scope);
  await revokeAccessToken(token.actor, id);
  await deleteGroup(organizationAdmin, organization.scope, group.id, { name: group.name });
  return { ...tenant, token };
}

test("an organization reads a deleted group's log with its names, as the group did", async () => {
  const { group, organization, organizationAdmin, token } = await createDeleted();
  const { actor } = await createToken(organizationAdmin, organization.scope, { admin: true });
  const deletedGroupId = group.id;
  for (const reader of [organizationAdmin, actor]) {
    const { items } = await listAuditEvents(reader, organization.scope, { deletedGroupId });
    expect(items.map(({ action }) => action)).toEqual([
      "access_token.revoked",
      "access_token.created",
      "access_token.created",
    ]);
    expect(items[0]?.actor.token).toEqual({ id: token.id, name: "nightly" });
  }
  const filter = { deletedGroupId, tokenId: token.id, actorId: group.admin.userId };
  expect((await listAuditEvents(organizationAdmin, organization.scope, filter)).items).toHaveLength(1);
  expect(await auditFilterNames(organizationAdmin, organization.scope, filter)).toEqual({
    actor: group.admin.name,
    token: "nightly",
    deletedGroup: group.name,
  });
  const own = await listAuditEvents(organizationAdmin, organization.scope);
  expect(own.items.map(({ subject }) => subject.id)).not.toContain(token.id);
  expect(await refusal(listAuditEvents(organizationAdmin, group.scope))).toMatchObject({ code: "not_found" });
});

test("a deleted group's id opens no living group's log, nor another organization's or one's own group's", async () => {
  const { group, otherGroup, organization, organizationAdmin } = await createDeleted();
  const foreign = await createDeleted();
  const read = (actor: Actor, scope: Scope, deletedGroupId: string) => [
    refusal(listAuditEvents(actor, scope, { deletedGroupId })),
    refusal(auditFilterNames(actor, scope, { deletedGroupId })),
    refusal(exportAuditEvents(actor, scope, { deletedGroupId }, "csv")),
  ];
  const unknown = read(organizationAdmin, organization.scope, newId("grp"));
  for (const { code } of await Promise.all(unknown)) expect(code).toBe("not_found");
  for (const id of [otherGroup.id, foreign.group.id, foreign.otherGroup.id, organization.id, "\0"]) {
    expect(await Promise.all(read(organizationAdmin, organization.scope, id)), id).toEqual(await Promise.all(unknown));
  }
  const ofGroup = await Promise.all(read(otherGroup.admin, otherGroup.scope, group.id));
  const ofMember = await Promise.all(read(otherGroup.admin, organization.scope, group.id));
  const ofStranger = await Promise.all(read(foreign.organizationAdmin, organization.scope, group.id));
  const codes = [ofGroup, ofMember, ofStranger].map((refusals) => new Set(refusals.map(({ code }) => code)));
  expect(codes).toEqual([new Set(["not_found"]), new Set(["forbidden"]), new Set(["not_found"])]);
});

test("an export of a deleted group's log is recorded in the organization's log", async () => {
  const { group, organization, organizationAdmin } = await createDeleted();
  const filter = { deletedGroupId: group.id };
  const { of, chunks } = await exportAuditEvents(organizationAdmin, organization.scope, filter, "jsonl");
  expect(of.name).toBe(group.name);
  const file = await text(chunks);
  expect(
    file
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line).group_id),
  ).toEqual([group.id, group.id, group.id]);
  const [newest] = (await listAuditEvents(organizationAdmin, organization.scope)).items;
  expect(newest).toMatchObject({ action: "audit_log.exported", subject: { id: group.id, name: group.name } });
});
