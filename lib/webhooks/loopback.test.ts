import { afterAll, expect, test } from "vitest";
import { db } from "@/db/client";
import { webhooks } from "@/db/schema";
import { startReceiver } from "@/testing/stand-ins/webhook-receiver";
import { createTenant } from "@/testing/tenant";
import { addWebhook, addWebhookInput } from "./add";
import { sendTestMessage } from "./test-message";

const receiver = await startReceiver();
afterAll(receiver.close);

// Without an operator's list.
test("a receiver whose name has come to resolve to loopback gets nothing", async () => {
  const { group } = await createTenant();
  const input = addWebhookInput.parse({ url: "https://hooks.example.com/1", events: ["credential.failed"] });
  const { webhook } = await addWebhook(group.admin, group.scope, input);
  for (const url of [`http://localhost:${receiver.port}/1`, `https://localhost:${receiver.port}/1`, receiver.url]) {
    await db.update(webhooks).set({ url });
    expect(await sendTestMessage(group.admin, group.scope, webhook.id)).toMatchObject({
      state: "failed",
      answer: expect.stringContaining("leads to a private or reserved address"),
    });
  }
  expect(receiver.received).toEqual([]);
});
