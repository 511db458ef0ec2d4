import { Readable } from "node:stream";
import { text } from "node:stream/consumers";
import { sql } from "drizzle-orm";
import { beforeEach, expect, test } from "vitest";
import { db } from "@/db/client";
import { newId } from "@/db/ids";
import { groups, sessions, users, webhooks } from "@/db/schema";
import type { AuditAction } from "@/lib/audit/actions";
import { chainHeads } from "@/lib/audit/chain/events";
import { sealPendingEvents } from "@/lib/audit/chain/seal";
import { recordAuditEvent } from "@/lib/audit/record";
import { type ExportFormat, exportAuditEvents } from "@/lib/audit-log/export";
import { type ExportedEvent, exportSignature } from "@/lib/audit-log/signature";
import { createToken } from "@/testing/access-tokens";
import { createTenant, type Tenant } from "@/testing/tenant";
import { checkRestored } from "./check";

let tenant: Tenant;

beforeEach(async () => {
  tenant = await createTenant();
});

const check = (...contents: string[]) =>
  checkRestored(
    contents.map((content, index) => ({ name: `file ${index + 1}`, content: Readable.from([content]) })),
    [],
  );

async function exportOf({ group }: Tenant, format: ExportFormat = "jsonl"): Promise<string> {
  await sealPendingEvents();
  return text((await exportAuditEvents(group.admin, group.scope, {}, format)).chunks);
}

const expectRefused = (contents: string[], problem: unknown) =>
  expect(check(...contents)).rejects.toMatchObject({ problems: [problem] });

type Lost = Partial<ExportedEvent> & { action: AuditAction };

/** Lines of an export with these events, which only the lost database had. */
async function lost({ organization, group }: Tenant, events: Lost[], from = 100): Promise<string> {
  // The organization's data key is made with its first event.
  const owner = { organizationId: organization.id, groupId: null };
  const subject = { id: organization.id, name: organization.name };
  await recordAuditEvent(db, group.admin, owner, { action: "notifications.changed", subject });
  await sealPendingEvents();
  const sign = await exportSignature(organization.id);
  const lines = events.map((given, index) => {
    const event: ExportedEvent = {
      id: newId("aud"),
      organizationId: organization.id,
      groupId: group.id,
      occurredAt: new Date(),
      actorId: group.admin.userId,
      actorKind: "person",
      actorName: group.admin.name,
      accessTokenId: null,
      subjectId: group.id,
      subjectName: group.name,
      detail: {},
      channel: "page",
      address: null,
      ...given,
    };
    const position = from + index;
    return JSON.stringify({
      id: event.id,
      occurred_at: event.occurredAt,
      organization_id: event.organizationId,
      group_id: event.groupId,
      actor_id: event.actorId,
      actor_kind: event.actorKind,
      actor_name: event.actorName,
      access_token_id: event.accessTokenId,
      action: event.action,
      subject_id: event.subjectId,
      subject_name: event.subjectName,
      detail: event.detail,
      channel: event.channel,
      address: event.address,
      chain_position: position,
      signature: sign?.(event, position),
    });
  });
  return `${lines.join("\n")}\n`;
}

const whatOf = async (...contents: string[]) => (await check(...contents)).left.map(({ what }) => what);

test("an export of the same database leaves nothing to do, and is not a later log", async () => {
  await createToken(tenant.group.admin, tenant.group.scope);
  const { left, events, lacks } = await check(await exportOf(tenant));
  expect({ left, events }).toEqual({ left: [], events: 0 });
  expect(lacks).toContainEqual(
    expect.stringContaining(`${tenant.organization.id} “${tenant.organization.name}”: no export`),
  );
  await sealPendingEvents();
  const noted = (await checkRestored([], await chainHeads())).lacks;
  expect(noted.filter((lack) => lack.startsWith(tenant.organization.id))).toEqual([]);
});

test("a changed line, a changed position and a foreign line are refused with their place", async () => {
  await createToken(tenant.group.admin, tenant.group.scope, { name: "nightly" });
  const file = await exportOf(tenant);
  const [, line = ""] = file.split("\n");
  expect(line).toContain("nightly");
  const changed = "file 1, line 2 is not as it was exported, or is of another database: its signature does not fit.";
  for (const other of [
    file.replaceAll("nightly", "daily"),
    file.replace(/"chain_position":\d+/, '"chain_position":77'),
    file.replace(/("chain_position":\d+,"signature":")[^"]+/, "$1x"),
  ]) {
    await expectRefused([other], changed);
  }
  const other = await createTenant();
  const foreign = file.replaceAll(tenant.organization.id, other.organization.id);
  await expectRefused([foreign], expect.stringContaining("for which the restored database has no key"));
  const notJson = "is not a line of “Export JSON Lines” of this version, which signs each line. CSV can't be read.";
  await expectRefused([await exportOf(tenant, "csv")], `file 1, line 1 ${notJson}`);
  await expectRefused([file, "{}\n"], `file 2, line 1 ${notJson}`);
});

test("an event at a position that the restored chain has with another one is refused", async () => {
  const file = await lost(tenant, [{ action: "access_token.revoked" }], 1);
  await expectRefused(
    [file],
    expect.stringMatching(/^file 1 has the event aud_\w+ at position 1, where the restored database has another/),
  );
});

test("what was undone later is not left to do", async () => {
  const { group } = tenant;
  const token = await createToken(group.admin, group.scope, { name: "nightly" });
  const subject = { subjectId: token.id, subjectName: "nightly" };
  const named = `the access token “nightly” (${token.id})`;
  const revoked = { ...subject, action: "access_token.revoked" } as const;
  const rotated = {
    ...subject,
    action: "access_token.rotated",
    detail: { token_suffix: "new1", old_token_suffix: token.tokenSuffix, old_secret_ends: "on_first_use" },
  } as const;
  expect(await whatOf(await lost(tenant, [revoked]))).toEqual([`Revoke ${named}`]);
  expect(await whatOf(await lost(tenant, [revoked, { ...subject, action: "access_token.reactivated" }]))).toEqual([]);
  expect(await whatOf(await lost(tenant, [rotated]))).toEqual([
    `Rotate ${named}, and end its old secret …${token.tokenSuffix} now`,
  ]);
  const kept = { token_suffix: token.tokenSuffix, discarded_token_suffix: "new1" };
  const cancelled = { ...subject, action: "access_token.rotation_cancelled", detail: kept } as const;
  expect(await whatOf(await lost(tenant, [rotated, cancelled]))).toEqual([]);

  const leaked = { ...subject, action: "access_token.leaked", detail: { token_suffix: token.tokenSuffix } } as const;
  expect(await whatOf(await lost(tenant, [leaked]))).toEqual([`Revoke ${named}, whose secret leaked`]);
  const renewed = { ...rotated, detail: { ...rotated.detail, leaked_at: new Date().toISOString() } };
  expect(await whatOf(await lost(tenant, [leaked, renewed]))).toEqual([
    `Rotate ${named}, whose old secret leaked, and end that now`,
  ]);
});

test("groups, webhooks, passwords and sessions are compared", async () => {
  const { organization, group } = tenant;
  const { admin } = group;
  const [hook] = await db
    .insert(webhooks)
    .values({
      organizationId: organization.id,
      groupId: group.id,
      url: "https://hooks.example.com",
      events: ["access_token.expired"],
      sealedSecret: Buffer.alloc(1),
    })
    .returning({ id: webhooks.id });
  await db.update(users).set({ passwordHash: "old" }).where(sql`id = ${admin.userId}`);
  for (const fill of [1, 2]) {
    await db.insert(sessions).values({
      tokenHash: Buffer.alloc(32, fill),
      userId: admin.userId,
      method: "password",
      expiresAt: sql`now() + interval '1 day'`,
      createdAt: sql`now() - interval '1 hour'`,
    });
  }
  const file = await lost(tenant, [
    { action: "webhook.removed", subjectId: hook?.id ?? "", subjectName: "hooks.example.com" },
    { action: "account.password_changed", groupId: null, subjectId: admin.userId, detail: { ended_sessions: "1" } },
    { action: "group.deleted", groupId: null },
  ]);
  expect(await whatOf(file)).toEqual([
    `Delete the group “${group.name}” (${group.id}), whose access tokens are good again`,
    `Ask “${admin.name}” (${admin.userId}), whose earlier password is good again, to change it`,
    `Ask “${admin.name}” (${admin.userId}), whose earlier sessions are good again, to sign out everywhere else`,
    `Remove the webhook to hooks.example.com (${hook?.id})`,
  ]);
  await db.delete(webhooks);
  await db.delete(sessions);
  const owner = { organizationId: organization.id, groupId: null };
  const subject = { id: admin.userId, name: admin.name };
  await recordAuditEvent(db, admin, owner, { action: "account.password_changed", subject });
  expect(await whatOf(file)).toEqual([expect.stringMatching(/^Delete the group/)]);
  expect(await db.$count(groups)).toBeGreaterThan(0);
});
