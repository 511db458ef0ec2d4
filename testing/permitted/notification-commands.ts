import { eq } from "drizzle-orm";
import { db } from "@/db/client";
import { webhooks } from "@/db/schema";
import type { Actor } from "@/lib/auth/actor";
import { ownerOf, type Scope } from "@/lib/auth/scope";
import { getNotificationSettings } from "@/lib/notifications/queries";
import { setEmailToAdmins } from "@/lib/notifications/settings";
import { addWebhook, addWebhookInput } from "@/lib/webhooks/add";
import { removeWebhook, resumeWebhook } from "@/lib/webhooks/change";
import { listWebhooks } from "@/lib/webhooks/queries";
import { sendTestMessage } from "@/lib/webhooks/test-message";
import type { Permitted } from "./command";
import type { TokenOwner } from "./token-commands";

const inputAt = (url: string) => addWebhookInput.parse({ url, events: ["credential.failed"] });

/** There may be ten, and each of these commands is tried by many actors. */
const removeAll = ({ scope }: TokenOwner) => db.delete(webhooks).where(eq(webhooks.ownerId, ownerOf(scope)));

function onWebhook(run: (actor: Actor, scope: Scope, webhookId: string) => Promise<unknown>) {
  return async (place: TokenOwner) => {
    await removeAll(place);
    const { webhook } = await addWebhook(place.admin, place.scope, inputAt(place.gitlabUrl));
    return (actor: Actor) => run(actor, place.scope, webhook.id);
  };
}

const act = "change the settings" as const;

export const notificationCommands: Permitted<TokenOwner>[] = [
  {
    name: "getNotificationSettings",
    act,
    prepare:
      async ({ scope }) =>
      (actor) =>
        getNotificationSettings(actor, scope),
  },
  {
    name: "setEmailToAdmins",
    act,
    prepare:
      async ({ scope }) =>
      (actor) =>
        setEmailToAdmins(actor, scope, false),
  },
  {
    name: "listWebhooks",
    act,
    prepare:
      async ({ scope }) =>
      (actor) =>
        listWebhooks(actor, scope),
  },
  {
    name: "addWebhook",
    act,
    prepare: async (place) => {
      await removeAll(place);
      return (actor) => addWebhook(actor, place.scope, inputAt(place.gitlabUrl));
    },
  },
  { name: "removeWebhook", act, prepare: onWebhook(removeWebhook) },
  { name: "resumeWebhook", act, prepare: onWebhook(resumeWebhook) },
  { name: "sendTestMessage", act, prepare: onWebhook(sendTestMessage) },
];
