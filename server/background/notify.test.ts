import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { eq, sql } from "drizzle-orm";
import { afterAll, afterEach, beforeAll, beforeEach, expect, onTestFinished, test, vi } from "vitest";
import { db } from "@/db/client";
import { accessTokens, notificationEmails, notifications, runners, webhookDeliveries, webhooks } from "@/db/schema";
import { createToken, type TestToken } from "@/testing/access-tokens";
import { insertAccess } from "@/testing/accesses";
import { asOwner } from "@/testing/database/database-owner";
import { logged } from "@/testing/logged";
import { expireIn, makeAllDeliveries, notify } from "@/testing/notifications/messages";
import { startMailServer } from "@/testing/stand-ins/mail-server";
import { isSignedWith, startReceiver } from "@/testing/stand-ins/webhook-receiver";
import { createPerson, createTenant, type Tenant } from "@/testing/tenant";

const mail = await startMailServer();
const receiver = await startReceiver();
// Settings are read at first use.
Object.assign(process.env, {
  SMTP_URL: mail.url,
  SMTP_FROM: "vehaas@example.com",
  AUTH_URL: "https://tokens.example.com",
  PROVIDER_ALLOWLIST: "127.0.0.1",
});
const { prepareJobQueue, startJobQueue } = await import("./job-queue");
const { deliverNotifications, findDueNotifications, forgetOldNotifications, notificationQueues } = await import(
  "./notify"
);
const { addWebhook, addWebhookInput } = await import("@/lib/webhooks/add");
const { webhookEvents } = await import("@/lib/webhooks/webhook");

const session = { connectionString: process.env.DATABASE_URL, role: process.env.DATABASE_ROLE };
const polled = { timeout: 20_000 };
vi.setConfig({ testTimeout: 60_000 });

let tenant: Tenant;
let group: Tenant["group"];
let token: TestToken;
let secret: string;

beforeAll(() =>
  prepareJobQueue({ url: process.env.DATABASE_URL ?? "", setting: "DATABASE_URL" }, session.role, notificationQueues),
);
afterAll(async () => {
  await receiver.close();
  await mail.close();
});
beforeEach(async () => {
  tenant = await createTenant();
  group = tenant.group;
  token = await createToken(group.admin, group.scope);
  ({ secret } = await addWebhook(
    group.admin,
    group.scope,
    addWebhookInput.parse({ url: receiver.url, events: webhookEvents }),
  ));
});
afterEach(async () => {
  await asOwner((owner) => owner.query("delete from pgboss.job; delete from webhooks; delete from notifications"));
  receiver.answerWith({ status: 204 });
  receiver.received.length = 0;
  mail.received.length = 0;
});

async function startInstance() {
  const queue = await startJobQueue(session, notificationQueues);
  onTestFinished(queue.stop);
  return {
    look: () => queue.send(findDueNotifications.name, [{}]),
    deliver: () => queue.send(deliverNotifications.name, [{}]),
  };
}

const deliveries = () => db.select().from(webhookDeliveries);
const states = async () => (await deliveries()).map(({ state }) => state);

test("what is due is recorded and delivered by instances that look at the same time, once", async () => {
  const other = await createPerson(tenant.organization.id, "organization_user", { [group.id]: "group_admin" });
  const tokens = [token, await createToken(group.admin, group.scope)];
  for (const { id } of tokens) await expireIn(id, 6 * 24);
  const instances = await Promise.all([startInstance(), startInstance()]);
  await Promise.all(instances.flatMap(({ look }) => [look(), look()]));
  await expect.poll(states, polled).toEqual(["delivered", "delivered"]);
  await expect.poll(() => mail.received.length, polled).toBeGreaterThanOrEqual(2);
  await Promise.all(instances.map(({ look }) => look()));
  const emails = async () => (await db.select().from(notificationEmails)).map(({ state }) => state);
  await expect.poll(async () => (await emails()).includes("pending"), polled).toBe(false);
  expect(receiver.received.map((message) => isSignedWith(secret, message))).toEqual([true, true]);
  // The looks may have found one token each.
  const named = (email: string) =>
    mail.received.filter(({ to }) => to[0] === email).map(({ body }) => tokens.filter(({ id }) => body.includes(id)));
  for (const { email } of [group.admin, other]) expect(named(email).flat()).toHaveLength(2);
});

test("a look that fails doesn't keep the others from their turn", async () => {
  await expireIn(token.id, 6 * 24);
  const accessId = await insertAccess(token);
  const { organizationId, id: accessTokenId } = token;
  const failingSince = sql`now() - interval '2 hours'`;
  const runner = { organizationId, accessTokenId, accessId, state: "unregistering" as const, tags: [], failingSince };
  await db.insert(runners).values(runner);
  // Refuses what the look for tokens writes.
  await asOwner((owner) =>
    owner.query("alter table access_tokens add constraint refused check (next_notice_at <= now()) not valid"),
  );
  onTestFinished(() =>
    asOwner((owner) => owner.query("alter table access_tokens drop constraint refused")).then(() => {}),
  );
  const lines = logged();
  await findDueNotifications.handle(undefined, async () => {});
  expect(await db.select().from(notifications)).toMatchObject([{ type: "runner.stuck" }]);
  expect(lines.map(({ level, msg }) => [level, msg])).toEqual([["error", "a look for due notifications failed"]]);
});

test("a delivery is retried by the queue, and the other webhook doesn't wait", async () => {
  const slow = await startReceiver();
  onTestFinished(slow.close);
  slow.answerWith({ status: 500 });
  await addWebhook(group.admin, group.scope, addWebhookInput.parse({ url: slow.url, events: webhookEvents }));
  await notify([token]);
  const { deliver } = await startInstance();
  await deliver();
  await expect.poll(async () => (await states()).sort(), polled).toEqual(["delivered", "pending"]);
  await expect.poll(() => slow.received.length, polled).toBe(1);
  slow.answerWith({ status: 200 });
  await asOwner((owner) => owner.query("update pgboss.job set start_after = now() where state = 'retry'"));
  await expect.poll(states, polled).toEqual(["delivered", "delivered"]);
  expect(new Set(slow.received.map(({ headers }) => headers["webhook-id"])).size).toBe(1);
});

test("many messages to one webhook, and those to one that fails, come after the first of each other webhook", async () => {
  const of = (path: string) =>
    addWebhook(
      group.admin,
      group.scope,
      addWebhookInput.parse({ url: `${receiver.url}${path}`, events: webhookEvents }),
    );
  const failing = (await of("failing")).webhook;
  await notify(Array.from({ length: 3 }, () => token));
  await makeAllDeliveries();
  await db.update(webhooks).set({ failingSince: sql`now()` }).where(eq(webhooks.id, failing.id));
  const late = (await of("late")).webhook;
  await notify([token]);
  await makeAllDeliveries();
  const jobs: { priority?: number; group?: { id: string } | null }[] = [];
  const emails: typeof jobs = [];
  await deliverNotifications.handle(undefined, async (queue, sent) => {
    (queue === "deliver-to-webhook" ? jobs : emails).push(...sent);
  });
  expect(emails.map(({ priority }) => priority)).toEqual([0, -1]);
  const prioritiesOf = (id: string) => jobs.filter((job) => job.group?.id === id).map(({ priority }) => priority);
  const [{ id: busy = "" } = {}] = await db.select().from(webhooks).where(eq(webhooks.url, receiver.url));
  expect(prioritiesOf(busy)).toEqual([0, -1, -2, -3]);
  expect(prioritiesOf(late.id)).toEqual([0]);
  expect(prioritiesOf(failing.id)).toEqual([-1000, -1001, -1002, -1003]);
});

test("a delivery whose job was lost gets another one", async () => {
  await notify([token]);
  await makeAllDeliveries();
  const { deliver } = await startInstance();
  await db.update(webhookDeliveries).set({ nextAttemptAt: sql`now()` });
  await deliver();
  await expect.poll(states, polled).toEqual(["delivered"]);
  expect(receiver.received).toHaveLength(1);
});

test.each(["webhook", "email"] as const)(
  "a process that dies while it sends a message (%s) leaves it to another",
  async (kind) => {
    await notify([token]);
    await makeAllDeliveries();
    const [row] =
      kind === "webhook"
        ? await deliveries()
        : await db.select().from(notificationEmails).where(eq(notificationEmails.state, "pending"));
    const silent = await startSilentServer();
    const env = { ...process.env, SMTP_URL: `smtp://127.0.0.1:${silent.port}` };
    if (kind === "webhook") await db.update(webhooks).set({ url: `http://127.0.0.1:${silent.port}/` });
    const script = fileURLToPath(new URL("../../testing/notifications/deliver-once.ts", import.meta.url));
    const argument = JSON.stringify({ kind, id: row?.id });
    const child = spawn(process.execPath, ["--import", "tsx", script, argument], {
      env,
      stdio: ["ignore", "ignore", "pipe"],
    });
    onTestFinished(() => void child.kill("SIGKILL"));
    const ended = once(child, "exit");
    await expect.poll(silent.connections, polled).toBe(1);
    child.kill("SIGKILL");
    expect(await ended).toEqual([null, "SIGKILL"]);
    await db.update(webhooks).set({ url: receiver.url });
    const { deliver } = await startInstance();
    await deliver();
    const count = () => (kind === "webhook" ? receiver.received.length : mail.received.length);
    await expect.poll(count, polled).toBe(1);
  },
);

test("what was kept for long enough is deleted, and keys that may still be needed stay", async () => {
  await notify([token]);
  await notify([token], { type: "access_token.expiring", key: `one ${token.id}` });
  await makeAllDeliveries();
  const days = (count: number) => sql`now() - make_interval(days => ${count})`;
  await db.update(notifications).set({ sentAt: days(31) });
  await db.update(webhookDeliveries).set({ createdAt: days(29) });
  const forget = () => forgetOldNotifications.handle(undefined, async () => {});
  await forget();
  expect(await db.select().from(notifications)).toMatchObject([{ key: `one ${token.id}` }]);
  expect(await deliveries()).toHaveLength(1);
  await db.update(webhookDeliveries).set({ createdAt: days(31) });
  await db.update(notificationEmails).set({ createdAt: days(31) });
  await forget();
  expect(await deliveries()).toEqual([]);
  expect(await db.select().from(notificationEmails)).toEqual([]);
  expect(await db.select().from(accessTokens).where(eq(accessTokens.id, token.id))).toHaveLength(1);
});

/** A server that accepts connections and answers nothing. */
async function startSilentServer() {
  const { createServer } = await import("node:net");
  const sockets: import("node:net").Socket[] = [];
  const server = createServer((socket) => void sockets.push(socket.on("error", () => {})));
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  const address = server.address();
  return { port: typeof address === "object" && address ? address.port : 0, connections: () => sockets.length };
}
