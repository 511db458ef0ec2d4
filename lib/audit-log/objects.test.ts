import { beforeEach, expect, test } from "vitest";
import { db } from "@/db/client";
import { newId } from "@/db/ids";
import { runners } from "@/db/schema";
import { deleteAccessToken } from "@/lib/access-tokens/change";
import { recordAuditEvent } from "@/lib/audit/record";
import { createToken, type TestToken } from "@/testing/access-tokens";
import { insertAccess } from "@/testing/accesses";
import { addPipeline } from "@/testing/pipelines/pipelines";
import { refusal } from "@/testing/refusal";
import { createTenant, type Tenant } from "@/testing/tenant";
import { auditObjects } from "./objects";
import { listAuditEvents } from "./queries";

let tenant: Tenant;

beforeEach(async () => {
  tenant = await createTenant();
});

/** Records the event as the token, and adds the runner unless it is gone by now. */
async function registered(token: TestToken, accessId: string, { gone = false } = {}): Promise<string> {
  const id = newId("run");
  const { organizationId, groupId } = token;
  const detail = { provider_url: "https://gitlab.example" };
  const event = { action: "runner.registered", subject: { id, name: id }, detail } as const;
  await recordAuditEvent(db, token.actor, { organizationId, groupId }, event);
  const owner = { organizationId, accessId, accessTokenId: token.id };
  if (!gone) await db.insert(runners).values({ id, ...owner, state: "registered", tags: [] });
  return id;
}

async function objectsFor({ group }: Tenant) {
  const { items } = await listAuditEvents(group.admin, group.scope, { limit: 100 });
  return auditObjects(group.admin, group.scope, {}, items);
}

test("names tokens, runners, accesses and trusted pipelines of the log, and tells the token that shows them", async () => {
  const { group, organization } = tenant;
  const token = await createToken(group.admin, group.scope, { name: "nightly" });
  const access = await insertAccess(token);
  const runner = await registered(token, access);
  const gone = await registered(token, access, { gone: true });
  const { id: pipeline } = await addPipeline(group.admin, token.id);
  const detail = { row_id: access, token: token.id, actor: group.admin.userId };
  const event = { action: "sealed_value.refused", subject: { id: access, name: "x" }, detail } as const;
  await recordAuditEvent(db, group.admin, { organizationId: organization.id, groupId: group.id }, event);
  const objects = await objectsFor(tenant);
  expect(Object.fromEntries(objects)).toEqual({
    [token.id]: { name: "nightly", tokenId: token.id },
    [runner]: { name: "Runner at https://gitlab.example", tokenId: token.id },
    [gone]: { name: "Runner at https://gitlab.example", tokenId: null },
    [access]: { name: "Access for https://gitlab.example", tokenId: token.id },
    [pipeline]: { name: "Jobs of test/test-project", tokenId: token.id },
    [group.admin.userId]: { name: group.admin.name, tokenId: null },
  });
  await deleteAccessToken(group.admin, token.id);
  const after = await objectsFor(tenant);
  expect(after.has(token.id)).toBe(false);
  expect(after.has(pipeline)).toBe(false);
  expect(after.get(runner)).toEqual({ name: "Runner at https://gitlab.example", tokenId: null });
});

test("a log names nothing of another owner, even if its events have the id", async () => {
  const { organization, organizationAdmin, group } = tenant;
  const token = await createToken(group.admin, group.scope, { name: "the group's" });
  const access = await insertAccess(token);
  const runner = await registered(token, access);
  const { id: pipeline } = await addPipeline(group.admin, token.id);
  for (const id of [token.id, access, runner, pipeline]) {
    const event = { action: "sealed_value.refused", subject: { id, name: "x" }, detail: { row_id: id } } as const;
    await recordAuditEvent(db, organizationAdmin, { organizationId: organization.id, groupId: null }, event);
  }
  const { items } = await listAuditEvents(organizationAdmin, organization.scope);
  expect(items).toHaveLength(4);
  expect([...(await auditObjects(organizationAdmin, organization.scope, {}, items))]).toEqual([]);
  expect(await refusal(auditObjects(group.user, group.scope, {}, items))).toMatchObject({ code: "forbidden" });
  expect(await refusal(auditObjects(tenant.otherGroup.admin, group.scope, {}, items))).toMatchObject({
    code: "not_found",
  });
});
