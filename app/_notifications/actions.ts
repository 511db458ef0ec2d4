"use server";

import { refresh } from "next/cache";
import { z } from "zod";
import { scopeFields, scopeOf } from "@/app/_parts/scope";
import { setEmailToAdmins } from "@/lib/notifications/settings";
import { formAction } from "@/lib/web/form-action";
import { checkbox, jsonField } from "@/lib/web/form-fields";
import { addWebhook, addWebhookInput } from "@/lib/webhooks/add";
import { removeWebhook, resumeWebhook } from "@/lib/webhooks/change";
import { sendTestMessage } from "@/lib/webhooks/test-message";

const ofWebhook = z.object({ webhookId: z.string() }).and(scopeFields);

export const setEmailToAdminsAction = formAction(
  z.object({ emailToAdmins: checkbox }).and(scopeFields),
  async (actor, input) => {
    await setEmailToAdmins(actor, scopeOf(input), input.emailToAdmins);
    refresh();
  },
);

/** Answers the signing secret into the client's state. A page rendered by the server must not contain it. */
export const addWebhookAction = formAction(
  z.object({ url: addWebhookInput.shape.url, events: jsonField(addWebhookInput.shape.events) }).and(scopeFields),
  async (actor, input) => {
    const { url, events } = input;
    const { webhook, secret } = await addWebhook(actor, scopeOf(input), { url, events });
    refresh();
    return { host: new URL(webhook.url).host, secret };
  },
);

export const sendTestMessageAction = formAction(ofWebhook, async (actor, input) => {
  const { state, answer } = await sendTestMessage(actor, scopeOf(input), input.webhookId);
  refresh();
  return { isAccepted: state === "delivered", answer };
});

export const resumeWebhookAction = formAction(ofWebhook, async (actor, input) => {
  await resumeWebhook(actor, scopeOf(input), input.webhookId);
  refresh();
});

export const removeWebhookAction = formAction(ofWebhook, async (actor, input) => {
  await removeWebhook(actor, scopeOf(input), input.webhookId);
  refresh();
});
