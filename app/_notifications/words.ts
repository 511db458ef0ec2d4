import type { NotificationType } from "@/db/enums";

export const eventLabels: Record<NotificationType, string> = {
  "access_token.expiring": "Access token expires in 30, 7 or 1 days",
  "access_token.expired": "Access token has expired",
  "access_token.idle": "Unused access token will be revoked",
  "access_token.revoked": "Access token was revoked by policy",
  "access_token.leaked": "Access token was revoked as leaked",
  "access_token.retired_secret_used": "Retired secret was used",
  "credential.expiring": "Stored credential expires in 14 or 3 days",
  "credential.failed": "Stored credential failed its check",
  "runner.stuck": "Runner can’t be unregistered",
};

/** A webhook as its buttons and dialogs name it. */
export type ShownWebhook = { id: string; host: string; isPaused: boolean };
