import { randomBytes } from "node:crypto";
import { Readable } from "node:stream";
import { text } from "node:stream/consumers";
import { eq, sql } from "drizzle-orm";
import { beforeEach, expect, test } from "vitest";
import { db } from "@/db/client";
import { newId } from "@/db/ids";
import { accounts, environmentVariables, groups, invitations, sessions, users, webhooks } from "@/db/schema";
import { reactivateAccessToken, revokeAccessToken } from "@/lib/access-tokens/change";
import { rotateAccessToken } from "@/lib/access-tokens/rotation/rotate";
import type { AuditAction } from "@/lib/audit/actions";
import { chainHeads } from "@/lib/audit/chain/events";
import { sealPendingEvents } from "@/lib/audit/chain/seal";
import { recordAuditEvent } from "@/lib/audit/record";
import { type ExportFormat, exportAuditEvents } from "@/lib/audit-log/export";
import { type ExportedEvent, exportSignature } from "@/lib/audit-log/signature";
import { setVariable } from "@/lib/environment-variables/change";
import { applyDotenv } from "@/lib/environment-variables/dotenv-import";
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

function addSession(userId: string) {
  return db.insert(sessions).values({
    tokenHash: randomBytes(32),
    userId,
    method: "password",
    expiresAt: sql`now() + interval '1 day'`,
    createdAt: sql`now() - interval '1 hour'`,
  });
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
  const rotate = `Rotate ${named}, whose secret …${token.tokenSuffix} leaked, and end that now`;
  expect(await whatOf(await lost(tenant, [leaked]))).toEqual([rotate]);
  const renewed = { ...rotated, detail: { ...rotated.detail, leaked_at: new Date().toISOString() } };
  expect(await whatOf(await lost(tenant, [leaked, renewed]))).toEqual([rotate]);
  expect(await whatOf(await lost(tenant, [revoked, leaked]))).toEqual([rotate]);

  await revokeAccessToken(group.admin, token.id);
  expect(await whatOf(await lost(tenant, [revoked]))).toEqual([]);
  expect(await whatOf(await lost(tenant, [leaked]))).toEqual([
    `Delete ${named}, whose secret …${token.tokenSuffix} leaked and would be good again once it is reactivated`,
  ]);
  await reactivateAccessToken(group.admin, token.id);
  await rotateAccessToken(group.admin, token.id, { oldSecret: "now" });
  expect(await whatOf(await lost(tenant, [leaked]))).toEqual([]);
  expect(await whatOf(await lost(tenant, [revoked, leaked]))).toEqual([`Revoke ${named}`]);
});

test("a secret that ended does not come back with the token's reactivation", async () => {
  const { admin, scope } = tenant.group;
  const token = await createToken(admin, scope, { name: "nightly" });
  const named = `the access token “nightly” (${token.id})`;
  const suffix = token.tokenSuffix ?? "";
  const subject = { subjectId: token.id, subjectName: "nightly" };
  const revoked = { ...subject, action: "access_token.revoked" } as const;
  const detail = { token_suffix: "new1", old_token_suffix: suffix, old_secret_ends: "on_first_use" };
  const rotated = { ...subject, action: "access_token.rotated", detail } as const;
  const retired = { ...subject, action: "access_token.secret_retired", detail: { token_suffix: suffix } } as const;
  expect(await whatOf(await lost(tenant, [rotated, revoked]))).toEqual([`Revoke ${named}`]);
  expect(await whatOf(await lost(tenant, [rotated, retired, revoked]))).toEqual([
    `Rotate ${named}, end its old secret …${suffix} now, and then revoke it`,
  ]);
  await revokeAccessToken(admin, token.id);
  expect(await whatOf(await lost(tenant, [rotated, revoked]))).toEqual([]);
  expect(await whatOf(await lost(tenant, [rotated, retired]))).toEqual([
    `Delete ${named}, whose ended secret …${suffix} would be good again once it is reactivated`,
  ]);
  await reactivateAccessToken(admin, token.id);
  await rotateAccessToken(admin, token.id, { oldSecret: "now" });
  expect(await whatOf(await lost(tenant, [rotated, retired, revoked]))).toEqual([`Revoke ${named}`]);
  await revokeAccessToken(admin, token.id);
  expect(await whatOf(await lost(tenant, [rotated, retired, revoked]))).toEqual([]);
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
  // One is enough: it may be the one that was ended, and the person's own newer than the backup.
  await addSession(admin.userId);
  const file = await lost(tenant, [
    { action: "webhook.removed", subjectId: hook?.id ?? "", subjectName: "hooks.example.com" },
    { action: "account.password_changed", groupId: null, subjectId: admin.userId, detail: { ended_sessions: "1" } },
    { action: "group.deleted", groupId: null },
  ]);
  expect(await whatOf(file)).toEqual([
    `Delete the group “${group.name}” (${group.id}), whose access tokens are good again`,
    `Ask “${admin.name}” (${admin.userId}), whose earlier password is good again, to change it`,
    `Ask “${admin.name}” (${admin.userId}), whose ended sessions are good again, to sign out everywhere`,
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

test("a session that was signed out, and what an account lost when it was linked, is good again", async () => {
  const { userId, name } = tenant.group.user;
  const account = { groupId: null, actorId: userId, actorName: name, subjectId: userId, subjectName: name };
  const signedOut = await lost(tenant, [{ ...account, action: "sign_in.signed_out" }]);
  expect(await whatOf(signedOut)).toEqual([]);
  await addSession(userId);
  const ask = `Ask “${name}” (${userId}), whose`;
  expect(await whatOf(signedOut)).toEqual([`${ask} ended sessions are good again, to sign out everywhere`]);

  const issuer = "https://login.example.com/";
  const linked = await lost(tenant, [{ ...account, action: "account.linked", detail: { issuer, password: "ended" } }]);
  const signIn = `${ask} earlier password or sessions are good again, to sign in with the identity provider, which ends these`;
  expect(await whatOf(linked)).toEqual([signIn]);
  await db.delete(sessions);
  expect(await whatOf(linked)).toEqual([]);
  await db.update(users).set({ passwordHash: "old" }).where(eq(users.id, userId));
  expect(await whatOf(linked)).toEqual([signIn]);
  await db.insert(accounts).values({ issuer, subject: "1", userId });
  expect(await whatOf(linked)).toEqual([]);
});

test("invitations that were replaced, or by which a lost role comes back, are open again", async () => {
  const { organization, organizationAdmin } = tenant;
  const invite = async (email: string) => {
    const [made] = await db
      .insert(invitations)
      .values({
        organizationId: organization.id,
        email,
        role: "organization_admin",
        secretHash: randomBytes(32),
        invitedById: organizationAdmin.userId,
        expiresAt: sql`now() + interval '7 days'`,
      })
      .returning({ id: invitations.id });
    return made?.id ?? "";
  };
  const [replaced, removed, demoted, kept] = await Promise.all(
    ["replaced", "removed", "demoted", "kept"].map((name) => invite(`${name}@example.com`)),
  );
  const inOrganization = { groupId: null, actorId: organizationAdmin.userId };
  const accepted = (id = "", person: string): Lost => ({
    ...inOrganization,
    action: "invitation.accepted",
    actorId: `usr_${person}`,
    subjectId: id,
    subjectName: `${person}@example.com`,
    detail: { role: "organization_admin" },
  });
  const of = (person: string) => ({ ...inOrganization, subjectId: `usr_${person}`, subjectName: person });
  const file = await lost(tenant, [
    {
      ...inOrganization,
      action: "invitation.created",
      subjectName: "replaced@example.com",
      detail: { role: "organization_user", replaces: replaced ?? "" },
    },
    accepted(removed, "removed"),
    { ...of("removed"), action: "member.removed", detail: { role: "organization_admin" } },
    accepted(demoted, "demoted"),
    { ...of("demoted"), action: "member.role_changed", detail: { role: "organization_user" } },
    accepted(kept, "kept"),
  ]);
  const again = "which is open again with the role organization_admin";
  expect(await whatOf(file)).toEqual([
    `Withdraw the invitation of removed@example.com (${removed}), ${again}`,
    `Withdraw the invitation of demoted@example.com (${demoted}), ${again}`,
    `Withdraw the invitation of replaced@example.com (${replaced})`,
  ]);
  await db.delete(invitations);
  expect(await whatOf(file)).toEqual([]);
});

test("the variables of an import are compared one by one", async () => {
  const { admin, scope } = tenant.group;
  const token = await createToken(admin, scope, { name: "nightly" });
  for (const name of ["LICENSE", "PROXY"]) await setVariable(admin, token.id, { name, value: "old" });
  const subject = { subjectId: token.id, subjectName: "nightly" };
  const detail = { added: "MADE_LATER", replaced: "LICENSE PROXY" };
  const file = await lost(tenant, [{ ...subject, action: "environment_variable.imported", detail }]);
  const replace = (name: string) =>
    `Replace the environment variable ${name} of the access token “nightly” (${token.id})`;
  expect(await whatOf(file)).toEqual([replace("LICENSE"), replace("PROXY")]);
  await setVariable(admin, token.id, { name: "LICENSE", value: "new" });
  expect(await whatOf(file)).toEqual([replace("PROXY")]);
  const [proxy] = await db.select().from(environmentVariables).where(eq(environmentVariables.name, "PROXY"));
  const expected = { PROXY: proxy?.revision ?? "" };
  await applyDotenv(admin, token.id, { text: "PROXY=new", expected, leaveOutRefused: false });
  expect(await whatOf(file)).toEqual([]);
});

test("a log that is not exported is named, and a head counts only with its hash", async () => {
  const { organization, group } = tenant;
  const of = { organizationId: organization.id, groupId: null, subjectId: organization.id };
  const whole = { ...of, action: "audit_log.exported", detail: { format: "jsonl" } } as const;
  const lackFor = async (events: Lost[], from: number) => {
    const { lacks } = await check(await lost(tenant, events, from));
    return lacks.filter((lack) => lack.startsWith(organization.id)).join();
  };
  expect(await lackFor([whole], 2)).toMatch(/: no export has the whole log of the group “.*” \(grp_\w+\), the group “/);
  const filtered = { ...whole, detail: { format: "jsonl", action: "audit_log.exported" } };
  expect(await lackFor([filtered], 3)).toContain("no export has the whole log of the organization itself, the group");
  const groupLogs = [group, tenant.otherGroup].map(({ id }) => ({ ...whole, groupId: id, subjectId: id }));
  expect(await lackFor([whole, ...groupLogs], 4)).toBe("");
  const early = new Date(Date.now() - 60_000);
  const { ends } = await check(
    await lost(tenant, [whole, { ...groupLogs[0], occurredAt: early } as Lost, ...groupLogs.slice(1)], 5),
  );
  expect(ends).toEqual([{ organization: expect.stringContaining(organization.id), at: early }]);

  await sealPendingEvents();
  const [head] = (await chainHeads()).filter(({ organizationId }) => organizationId === organization.id);
  if (!head) throw new Error("the organization has no chain");
  const lackWith = async (hash: Buffer) => (await checkRestored([], [{ ...head, hash }])).lacks.join();
  expect(await lackWith(head.hash)).not.toContain(organization.id);
  expect(await lackWith(Buffer.alloc(32))).toContain(`which goes on to position ${head.position}.`);
});
