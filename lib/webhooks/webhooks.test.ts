import { eq, sql } from "drizzle-orm";
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { db } from "@/db/client";
import { auditEvents, rateLimits, webhookDeliveries, webhooks } from "@/db/schema";
import { deleteGroup } from "@/lib/groups/delete";
import { createToken, type TestToken } from "@/testing/access-tokens";
import { makeAllDeliveries, notify } from "@/testing/notifications/messages";
import { refusal } from "@/testing/refusal";
import { isSignedWith, startReceiver } from "@/testing/stand-ins/webhook-receiver";
import { createTenant, type Tenant } from "@/testing/tenant";
import { addWebhook, addWebhookInput, mostWebhooks } from "./add";
import { removeWebhook, resumeWebhook } from "./change";
import { findDueDeliveries, tryToDeliver } from "./deliver";
import { listWebhooks } from "./queries";
import { sendTestMessage } from "./test-message";
import { webhookEvents } from "./webhook";

let receiver: Awaited<ReturnType<typeof startReceiver>>;
let tenant: Tenant;
let group: Tenant["group"];
let token: TestToken;

vi.stubEnv("PROVIDER_ALLOWLIST", "127.0.0.1");
beforeAll(async () => {
  receiver = await startReceiver();
});
afterAll(() => receiver.close());
beforeEach(async () => {
  await db.delete(webhooks);
  await db.delete(rateLimits);
  tenant = await createTenant();
  group = tenant.group;
  token = await createToken(group.admin, group.scope, { name: "nightly" });
  receiver.received.length = 0;
  receiver.answerWith({ status: 204 });
});

const add = (url = receiver.url, events: readonly string[] = webhookEvents) =>
  addWebhook(group.admin, group.scope, addWebhookInput.parse({ url, events }));

async function deliverDue(): Promise<string[]> {
  await makeAllDeliveries();
  const outcomes: string[] = [];
  for (const { id } of await findDueDeliveries()) outcomes.push(await tryToDeliver(id));
  return outcomes;
}

const makeDue = () => db.update(webhookDeliveries).set({ nextAttemptAt: sql`now()` });
const listed = async () => (await listWebhooks(group.admin, group.scope))[0];

async function eventsAbout(subjectId: string) {
  const rows = await db.select().from(auditEvents).where(eq(auditEvents.subjectId, subjectId));
  return rows.map(({ action, actorName, channel }) => ({ action, actorName, channel }));
}

describe("a message", () => {
  test("is signed so that a receiver can verify it by itself", async () => {
    const { secret } = await add();
    await notify([token], { type: "access_token.expiring", more: { days: 7 } });
    expect(await deliverDue()).toEqual(["done"]);
    const [message] = receiver.received;
    if (!message) throw new Error("nothing was received");
    expect(isSignedWith(secret, message)).toBe(true);
    expect(isSignedWith(secret, { ...message, body: `${message.body} ` })).toBe(false);
    expect(isSignedWith(`whsec_${Buffer.alloc(32).toString("base64")}`, message)).toBe(false);
    expect(message.headers["content-type"]).toBe("application/json");
    expect(JSON.parse(message.body)).toEqual({
      type: "access_token.expiring",
      timestamp: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
      data: {
        access_token: {
          id: token.id,
          name: "nightly",
          group_id: group.id,
          organization_id: tenant.organization.id,
          expires_at: token.expiresAt.toISOString(),
        },
        days: 7,
      },
    });
    expect(await listed()).toMatchObject({
      failingSince: null,
      deliveries: [{ type: "access_token.expiring", state: "delivered", attempts: 1, answer: "204" }],
    });
  });

  test("goes to each webhook of its owner that wants its type, once, and to no other", async () => {
    const wanted = await add();
    await add(receiver.url, ["credential.failed"]);
    const { otherGroup } = tenant;
    await addWebhook(
      otherGroup.admin,
      otherGroup.scope,
      addWebhookInput.parse({ url: receiver.url, events: webhookEvents }),
    );
    await notify([token]);
    await Promise.all([makeAllDeliveries(), makeAllDeliveries()]);
    await deliverDue();
    await deliverDue();
    expect(receiver.received).toHaveLength(1);
    const deliveries = await db.select().from(webhookDeliveries);
    expect(deliveries).toMatchObject([{ webhookId: wanted.webhook.id, state: "delivered" }]);
  });

  test("is tried again with the same id and body and a new signature, until it is accepted", async () => {
    const { secret } = await add();
    receiver.answerWith({ status: 503, body: "back\r\n soon\u202E" });
    await notify([token]);
    expect(await deliverDue()).toEqual(["failed"]);
    expect(await listed()).toMatchObject({
      failingSince: expect.any(Date),
      deliveries: [{ state: "pending", attempts: 1, answer: "503 back soon" }],
    });
    expect(await findDueDeliveries()).toEqual([]);
    await makeDue();
    receiver.answerWith({ status: 200, body: "ok" });
    expect(await deliverDue()).toEqual(["done"]);
    const [first, second] = receiver.received;
    expect(second?.headers["webhook-id"]).toBe(first?.headers["webhook-id"]);
    expect(second?.body).toBe(first?.body);
    expect(receiver.received.map((message) => isSignedWith(secret, message))).toEqual([true, true]);
    expect(await listed()).toMatchObject({
      failingSince: null,
      deliveries: [{ state: "delivered", attempts: 2, answer: "200 ok" }],
    });
  });

  test("is given up after 24 hours of failures", async () => {
    await add();
    receiver.answerWith({ status: 500 });
    await notify([token]);
    await deliverDue();
    await db.update(webhookDeliveries).set({ firstAttemptAt: sql`now() - interval '24 hours'` });
    await makeDue();
    expect(await deliverDue()).toEqual(["done"]);
    expect(await listed()).toMatchObject({ pausedAt: null, deliveries: [{ state: "failed", attempts: 2 }] });
  });

  test("keeps at most 200 characters of an answer", async () => {
    await add();
    receiver.answerWith({ status: 400, body: "😀".repeat(100_000) });
    await notify([token]);
    await deliverDue();
    const answer = (await listed())?.deliveries[0]?.answer ?? "";
    expect([...answer]).toHaveLength(200);
    expect(answer).toMatch(/^400 (?:😀)+…$/u);
  });
});

describe("a receiver", () => {
  test("that answers with a redirect is not followed", async () => {
    await add();
    receiver.answerWith({ status: 302, headers: { location: receiver.url } });
    await notify([token]);
    expect(await deliverDue()).toEqual(["failed"]);
    expect(receiver.received).toHaveLength(1);
    expect((await listed())?.deliveries[0]?.answer).toContain("answered with a redirect, which is not followed");
  });

  test("at a private address is refused when it is added", async () => {
    const code = async (url: string) => (await refusal(add(url))).code;
    expect(await code("https://10.0.0.1/hook")).toBe("provider_url_not_allowed");
    expect(await code("https://localhost/hook")).toBe("provider_url_not_allowed");
    expect(await code("https://169.254.169.254/hook")).toBe("provider_url_not_allowed");
    expect(await code("http://chat.example.com/hook")).toBe("provider_url_not_allowed");
    for (const url of [
      "chat.example.com",
      "ftp://chat.example.com",
      "https://a:b@chat.example.com",
      "https://",
      "https://x y",
      "https://a.example.com/#x",
    ]) {
      expect(await refusal(add(url)), url).toMatchObject({ code: "invalid", errors: [{ field: "url" }] });
    }
    expect((await add("https://Chat.Example.com:443/hooks/1?sig=a%20b")).webhook.url).toBe(
      "https://chat.example.com/hooks/1?sig=a%20b",
    );
  });
});

describe("a webhook that fails for three days", () => {
  async function pause() {
    const { webhook } = await add();
    receiver.answerWith({ status: 500 });
    await notify([token, token]);
    await makeAllDeliveries();
    await db.update(webhooks).set({ failingSince: sql`now() - interval '3 days'` });
    const [due] = await findDueDeliveries();
    await tryToDeliver(due?.id ?? "");
    return webhook;
  }

  test("is paused, with an event of the system, and gets nothing", async () => {
    const { id } = await pause();
    expect(await listed()).toMatchObject({
      pausedAt: expect.any(Date),
      deliveries: [{ state: "failed" }, { state: "failed" }],
    });
    expect(await eventsAbout(id)).toContainEqual({ action: "webhook.paused", actorName: "veHaaS", channel: "system" });
    await notify([token]);
    expect(await deliverDue()).toEqual([]);
    expect(receiver.received).toHaveLength(1);
    expect(await refusal(sendTestMessage(group.admin, group.scope, id))).toMatchObject({ code: "conflict" });
  });

  test("gets messages again from its resumption on", async () => {
    const { id } = await pause();
    await notify([token]);
    await makeAllDeliveries();
    receiver.answerWith({ status: 200 });
    expect(await resumeWebhook(group.admin, group.scope, id)).toMatchObject({ pausedAt: null, failingSince: null });
    await resumeWebhook(group.admin, group.scope, id);
    await notify([token]);
    expect(await deliverDue()).toEqual(["done"]);
    const resumed = (await eventsAbout(id)).filter(({ action }) => action === "webhook.resumed");
    expect(resumed).toHaveLength(1);
  });

  test("was paused before an attempt that is under way ends: that changes nothing more", async () => {
    await pause();
    const [delivery] = await db.select().from(webhookDeliveries);
    expect(await tryToDeliver(delivery?.id ?? "")).toBe("done");
    expect(receiver.received).toHaveLength(1);
  });
});

describe("a test message", () => {
  test("is sent at once, and once, whatever the events", async () => {
    const { webhook, secret } = await add(receiver.url, ["credential.failed"]);
    expect(await sendTestMessage(group.admin, group.scope, webhook.id)).toMatchObject({
      type: "test",
      state: "delivered",
      answer: "204",
    });
    const [message] = receiver.received;
    expect(message && isSignedWith(secret, message)).toBe(true);
    expect(JSON.parse(message?.body ?? "")).toEqual({ type: "test", timestamp: expect.any(String), data: {} });
    receiver.answerWith({ status: 404, body: "no such hook" });
    const refused = await sendTestMessage(group.admin, group.scope, webhook.id);
    expect(refused).toMatchObject({ state: "failed", attempts: 1, answer: "404 no such hook" });
    expect(await listed()).toMatchObject({ failingSince: null });
    const tested = (await eventsAbout(webhook.id)).filter(({ action }) => action === "webhook.tested");
    expect(tested).toHaveLength(2);
  });
});

describe("webhooks of a group", () => {
  test("are at most ten, although they are added at once", async () => {
    const outcomes = await Promise.allSettled(Array.from({ length: mostWebhooks + 3 }, () => add()));
    expect(outcomes.filter(({ status }) => status === "fulfilled")).toHaveLength(mostWebhooks);
    expect(await refusal(add())).toMatchObject({ code: "conflict" });
    expect(await listWebhooks(group.admin, group.scope)).toHaveLength(mostWebhooks);
  });

  test("keep their secret sealed, out of lists and of the audit log, which names the host alone", async () => {
    const { webhook, secret } = await add("https://chat.example.com/hooks/very-secret-path");
    expect(secret).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/);
    const [row] = await db.select().from(webhooks);
    expect(row?.sealedSecret.includes(Buffer.from(secret))).toBe(false);
    expect(JSON.stringify(await listWebhooks(group.admin, group.scope))).not.toContain(secret);
    const events = await db.select().from(auditEvents).where(eq(auditEvents.subjectId, webhook.id));
    expect(events).toMatchObject([{ action: "webhook.added", subjectName: "chat.example.com" }]);
    expect(JSON.stringify(events)).not.toMatch(/very-secret-path|whsec_/);
  });

  test("fail while their stored secret was changed, and say so", async () => {
    await add();
    await db.update(webhooks).set({ sealedSecret: Buffer.alloc(80) });
    await notify([token]);
    expect(await deliverDue()).toEqual(["failed"]);
    expect((await listed())?.deliveries[0]?.answer).toContain("signing secret of this webhook can’t be read");
    expect(receiver.received).toEqual([]);
  });

  test("go with their deliveries when they are removed, and with their group", async () => {
    const { webhook } = await add();
    await add();
    await notify([token]);
    await makeAllDeliveries();
    const [due] = await findDueDeliveries();
    await removeWebhook(group.admin, group.scope, webhook.id);
    expect(await db.select().from(webhookDeliveries)).toHaveLength(1);
    expect(await tryToDeliver(due?.id ?? "")).toBe("done");
    expect(await refusal(removeWebhook(group.admin, group.scope, webhook.id))).toMatchObject({ code: "not_found" });
    await deleteGroup(tenant.organizationAdmin, tenant.organization.scope, group.id, { name: group.name });
    expect(await db.select().from(webhooks)).toEqual([]);
    expect(await db.select().from(webhookDeliveries)).toEqual([]);
  });

  test("of another group can't be changed", async () => {
    const { webhook } = await add();
    const { admin, scope } = tenant.otherGroup;
    for (const attempt of [removeWebhook, resumeWebhook, sendTestMessage]) {
      expect(await refusal(attempt(admin, scope, webhook.id))).toMatchObject({ code: "not_found" });
    }
  });
});
