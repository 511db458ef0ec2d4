import { db } from "@/db/client";
import type { Actor } from "@/lib/auth/actor";
import { authorize } from "@/lib/auth/authorize";
import { ownerOf, type Scope } from "@/lib/auth/scope";
import { settings } from "@/lib/env";
import { sendsEmailTo } from "./recipients";

/** `hasMailServer`: without one no e-mail is sent, whatever is chosen. */
export type NotificationSettings = { emailToAdmins: boolean; hasMailServer: boolean };

export async function getNotificationSettings(actor: Actor, scope: Scope): Promise<NotificationSettings> {
  await authorize(db, actor, scope, "settings:manage");
  return { emailToAdmins: await sendsEmailTo(db, ownerOf(scope)), hasMailServer: Boolean(settings().SMTP_URL) };
}
