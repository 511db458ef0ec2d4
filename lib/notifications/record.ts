import type { Tx } from "@/db/client";
import type { NotificationType } from "@/db/enums";
import { type NotificationData, notifications } from "@/db/schema";
import type { Owner } from "@/lib/audit/record";

type About = { id: string; name: string; expiresAt: Date };

export type Notification = {
  type: NotificationType;
  token: About;
  /** What the message is about beside the token. */
  more?: Omit<NotificationData, "access_token">;
  /** A message with a key is recorded once. */
  key?: string;
};

/**
 * Records messages for the owner's admins and webhooks, in the transaction of what they are about. The background
 * delivers them. Messages whose key is recorded already are left out.
 */
export async function recordNotifications(
  tx: Tx,
  { organizationId, groupId }: Owner,
  messages: readonly Notification[],
): Promise<void> {
  if (messages.length === 0) return;
  const rows = messages.map(({ type, token, more, key }) => ({
    organizationId,
    groupId,
    type,
    accessTokenId: token.id,
    key,
    data: {
      access_token: {
        id: token.id,
        name: token.name,
        group_id: groupId,
        organization_id: organizationId,
        expires_at: token.expiresAt.toISOString(),
      },
      ...more,
    },
  }));
  await tx.insert(notifications).values(rows).onConflictDoNothing({ target: notifications.key });
}

/** Records one message for each row, of whatever owners. */
export async function recordForOwners<T extends Owner>(
  tx: Tx,
  rows: readonly T[],
  messageOf: (row: T) => Notification,
): Promise<void> {
  const byOwner = Map.groupBy(rows, ({ organizationId, groupId }) => groupId ?? organizationId);
  for (const [first, ...more] of byOwner.values()) {
    if (first) await recordNotifications(tx, first, [first, ...more].map(messageOf));
  }
}
