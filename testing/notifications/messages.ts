import { asc, eq, sql } from "drizzle-orm";
import { db } from "@/db/client";
import type { NotificationType } from "@/db/enums";
import { accessTokens, notifications } from "@/db/schema";
import { makeDeliveries } from "@/lib/notifications/make-deliveries";
import { type Notification, recordNotifications } from "@/lib/notifications/record";
import type { TestToken } from "@/testing/access-tokens";

/** Moves the token's dates: created 40 days ago, expiring in so many hours. */
export async function expireIn(tokenId: string, hours: number): Promise<void> {
  await db
    .update(accessTokens)
    .set({ createdAt: sql`now() - interval '40 days'`, expiresAt: sql`now() + make_interval(hours => ${hours})` })
    .where(eq(accessTokens.id, tokenId));
}

/** The recorded messages about a token, oldest first, as type and days. */
export async function messagesOf(tokenId: string): Promise<[NotificationType, number | undefined][]> {
  const rows = await db
    .select()
    .from(notifications)
    .where(eq(notifications.accessTokenId, tokenId))
    .orderBy(asc(notifications.createdAt), asc(notifications.id));
  return rows.map(({ type, data }) => [type, data.days]);
}

/** Records a message about each token, as what happens to it would. */
export async function notify(
  tokens: readonly TestToken[],
  message: Omit<Notification, "token"> = { type: "access_token.leaked" },
): Promise<void> {
  await db.transaction(async (tx) => {
    for (const token of tokens) await recordNotifications(tx, token, [{ ...message, token }]);
  });
}

export async function makeAllDeliveries(): Promise<void> {
  while (await makeDeliveries());
}
