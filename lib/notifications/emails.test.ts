import { and, eq, isNull, sql } from "drizzle-orm";
import { afterAll, beforeEach, expect, test } from "vitest";
import { db } from "@/db/client";
import { groups, memberships, notificationEmails } from "@/db/schema";
import { deleteAccessToken } from "@/lib/access-tokens/change";
import { createToken } from "@/testing/access-tokens";
import { makeAllDeliveries, notify } from "@/testing/notifications/messages";
import { startMailServer } from "@/testing/stand-ins/mail-server";
import { createPerson, createTenant, type Tenant } from "@/testing/tenant";

const refused = new Set<string>();
const server = await startMailServer({
  onRcptTo: ({ address }, _session, done) =>
    done(refused.has(address) ? Object.assign(new Error("No such user"), { responseCode: 550 }) : undefined),
});
// Settings are read at first use.
Object.assign(process.env, {
  SMTP_URL: server.url,
  SMTP_FROM: "veHaaS <vehaas@example.com>",
  AUTH_URL: "https://tokens.example.com",
});
const { setEmailToAdmins } = await import("./settings");
const { findDueEmails, tryToSendEmail } = await import("./send-email");
afterAll(server.close);

let tenant: Tenant;
let group: Tenant["group"];
beforeEach(async () => {
  await db.delete(notificationEmails);
  tenant = await createTenant();
  group = tenant.group;
  server.received.length = 0;
  refused.clear();
});

const newTokens = async (amount: number) => {
  const made = [];
  for (let at = 1; at <= amount; at++) {
    made.push(await createToken(group.admin, group.scope, { name: `bench ${String(at).padStart(2, "0")}` }));
  }
  return made;
};
const expiring = { type: "access_token.expiring", more: { days: 7 } } as const;

async function sendDue(): Promise<string[]> {
  await makeAllDeliveries();
  const outcomes: string[] = [];
  for (const { id } of await findDueEmails()) outcomes.push(await tryToSendEmail(id));
  return outcomes;
}

const recipients = () => server.received.flatMap(({ to }) => to).sort();
const makeDue = () => db.update(notificationEmails).set({ nextAttemptAt: sql`now()` });

function partsOf(body = "") {
  const [headers = "", plain = "", html = ""] = body.split(/Content-Type: text\/(?:plain|html)[^\n]*\n/);
  return { headers, plain, html };
}

test("tokens that expire together are one e-mail, with what stops, links, why one gets it and where it is turned off", async () => {
  const tokens = await newTokens(3);
  await notify(tokens, expiring);
  expect(await sendDue()).toEqual(["done"]);
  expect(recipients()).toEqual([group.admin.email]);
  const [message] = server.received;
  const { headers, plain, html } = partsOf(message?.body);
  const page = `https://tokens.example.com/groups/${group.id}`;
  expect(headers).toContain(`Subject: 3 access tokens of ${group.name} expire within 7 days`);
  expect(message?.raw).toMatch(/^Message-ID: <dlv_[0-9a-z]{26}@tokens\.example\.com>\r$/m);
  expect(message?.raw.replace(/\r\n /g, " ")).toContain(`List-Unsubscribe: <${page}/settings>`);
  for (const text of [plain, html]) {
    for (const { id, name } of tokens) {
      expect(text).toContain(name);
      expect(text).toContain(`${page}/access-tokens/${id}`);
    }
    expect(text).toContain("every request with such a token is refused");
    expect(text).toContain(`because you are an admin of the group ${group.name}`);
    expect(text).toContain(`${page}/settings`);
  }
  for (const { secret } of tokens) expect(message?.body).not.toContain(secret);
});

test("each threshold and each owner has an e-mail of its own", async () => {
  const [one, two] = await newTokens(2);
  const { otherGroup } = tenant;
  const other = await createToken(otherGroup.admin, otherGroup.scope);
  const ofOrganization = await createToken(tenant.organizationAdmin, tenant.organization.scope);
  if (!one || !two) throw new Error("no tokens");
  await notify([one, other, ofOrganization], expiring);
  await notify([two], { type: "access_token.expiring", more: { days: 1 } });
  await sendDue();
  const subjects = server.received.map(({ body, to }) => [to[0], /^Subject: (.*)\r$/m.exec(body)?.[1]]);
  expect(subjects.sort()).toEqual(
    [
      [group.admin.email, `1 access token of ${group.name} expires within 7 days`],
      [group.admin.email, `1 access token of ${group.name} expires within 1 day`],
      [otherGroup.admin.email, `1 access token of ${otherGroup.name} expires within 7 days`],
      [tenant.organizationAdmin.email, `1 access token of ${tenant.organization.name} expires within 7 days`],
    ].sort(),
  );
});

test("the recipients are the admins at the moment of sending", async () => {
  const gone = await createPerson(tenant.organization.id, "organization_user", { [group.id]: "group_admin" });
  const late = await createPerson(tenant.organization.id, "organization_user", { [group.id]: "group_user" });
  await notify(await newTokens(1), expiring);
  const inGroup = (userId: string) => and(eq(memberships.userId, userId), eq(memberships.groupId, group.id));
  await db.update(memberships).set({ role: "group_admin" }).where(inGroup(late.userId));
  await makeAllDeliveries();
  await db.delete(memberships).where(inGroup(gone.userId));
  await sendDue();
  expect(recipients()).toEqual([group.admin.email, late.email].sort());
  expect(await findDueEmails()).toEqual([]);
});

test("nobody gets an e-mail where it is turned off, also just before it is sent", async () => {
  await setEmailToAdmins(group.admin, group.scope, false);
  await notify(await newTokens(1), expiring);
  expect(await sendDue()).toEqual([]);
  await setEmailToAdmins(group.admin, group.scope, true);
  await notify(await newTokens(0), expiring);
  await notify([await createToken(group.admin, group.scope)], expiring);
  await makeAllDeliveries();
  await setEmailToAdmins(group.admin, group.scope, false);
  expect(await sendDue()).toEqual(["done"]);
  expect(server.received).toEqual([]);
});

test("a recipient who is refused stops no other, and is tried again for 24 hours", async () => {
  const other = await createPerson(tenant.organization.id, "organization_user", { [group.id]: "group_admin" });
  refused.add(group.admin.email);
  await notify(await newTokens(1), expiring);
  expect((await sendDue()).sort()).toEqual(["done", "failed"]);
  expect(recipients()).toEqual([other.email]);
  expect(await findDueEmails()).toEqual([]);
  await makeDue();
  expect(await sendDue()).toEqual(["failed"]);
  await db.update(notificationEmails).set({ firstAttemptAt: sql`now() - interval '24 hours'` });
  await makeDue();
  expect(await sendDue()).toEqual(["done"]);
  await makeDue();
  expect(await sendDue()).toEqual([]);
  expect(recipients()).toEqual([other.email]);
});

test("a repeated attempt has the same Message-ID", async () => {
  await notify(await newTokens(1), expiring);
  await sendDue();
  await db.update(notificationEmails).set({ state: "pending", nextAttemptAt: sql`now()` });
  await sendDue();
  const ids = server.received.map(({ raw }) => /^Message-ID: (.*)\r$/m.exec(raw)?.[1]);
  expect(ids).toHaveLength(2);
  expect(ids[0]).toBe(ids[1]);
});

test("more than fifty messages are listed as a number", async () => {
  const [token] = await newTokens(1);
  if (!token) throw new Error("no token");
  await notify(
    Array.from({ length: 53 }, () => token),
    expiring,
  );
  expect(await sendDue()).toEqual(["done"]);
  const { headers, plain } = partsOf(server.received[0]?.body);
  expect(headers).toContain(`Subject: 53 access tokens of ${group.name}`);
  expect(plain.match(/^- bench 01: expires/gm)).toHaveLength(50);
  expect(plain).toContain("- and 3 others: ");
});

test("ten thousand tokens that expire together are one e-mail", async () => {
  const [token] = await newTokens(1);
  if (!token) throw new Error("no token");
  await notify([token], expiring);
  await db.execute(sql`
    insert into notifications (id, organization_id, group_id, type, access_token_id, data)
    select id || n, organization_id, group_id, type, access_token_id, data
    from notifications, generate_series(2, 10000) n where access_token_id = ${token.id}`);
  expect(await sendDue()).toEqual(["done"]);
  const [message] = server.received;
  expect(partsOf(message?.body).headers).toContain(`Subject: 10,000 access tokens of ${group.name}`);
  expect(message?.raw.length).toBeLessThan(100_000);
});

test("names can't inject a header, a line or markup", async () => {
  const name = "Demo\r\nBcc: eve@example.com\r\n\r\n<img src=x onerror='a()'>";
  await db.update(groups).set({ name }).where(eq(groups.id, group.id));
  await notify(await newTokens(1), expiring);
  await sendDue();
  const [message] = server.received;
  expect(message?.to).toEqual([group.admin.email]);
  expect(message?.raw.split("\r\n\r\n")[0]).not.toMatch(/^Bcc:/im);
  expect(partsOf(message?.body).html).not.toContain("<img");
});

test("an e-mail about a token that was deleted meanwhile is still sent, without a link to it", async () => {
  const [token] = await newTokens(1);
  if (!token) throw new Error("no token");
  await notify([token], { type: "access_token.leaked" });
  await deleteAccessToken(group.admin, token.id);
  expect(await sendDue()).toEqual(["done"]);
  const { body = "" } = server.received[0] ?? {};
  expect(body).toContain(`1 access token of ${group.name} leaked and was revoked`);
  expect(body).toContain(`${token.name}: revoked as leaked (the token is deleted)`);
  expect(body, "no link to a page that is gone").not.toContain(`/access-tokens/${token.id}`);
});

test("messages of one owner that are recorded during the delivery are not lost", async () => {
  const tokens = await newTokens(6);
  await Promise.all(tokens.map((token) => notify([token], expiring).then(makeAllDeliveries)));
  await sendDue();
  const named = server.received.flatMap(({ body }) => [...partsOf(body).plain.matchAll(/^- (bench \d\d):/gm)]);
  expect(named.map(([, name]) => name).sort()).toEqual(tokens.map(({ name }) => name));
  const pending = await db.select().from(notificationEmails).where(isNull(notificationEmails.firstAttemptAt));
  expect(pending.every(({ state }) => state === "delivered")).toBe(true);
});
