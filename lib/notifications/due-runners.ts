import { and, eq, inArray, isNotNull, not, or, sql } from "drizzle-orm";
import { db } from "@/db/client";
import { accessTokens, groups, runners } from "@/db/schema";
import { recordForOwners } from "./record";

const { deletedToken } = runners;

/** Of a deleted token. */
const kept = (field: "id" | "name" | "groupId" | "expiresAt") => sql`${deletedToken}->>${sql.raw(`'${field}'`)}`;

const columns = {
  runnerId: runners.id,
  organizationId: runners.organizationId,
  id: sql<string>`coalesce(${accessTokens.id}, ${kept("id")})`,
  name: sql<string>`coalesce(${accessTokens.name}, ${kept("name")})`,
  // A deleted token's group may be deleted, too. The organization's admins are notified then.
  groupId: sql<string | null>`coalesce(${accessTokens.groupId}, ${groups.id})`,
  expiresAt: sql`coalesce(${accessTokens.expiresAt}, (${kept("expiresAt")})::timestamptz)`.mapWith(
    accessTokens.expiresAt,
  ),
};

/** Records a message for runners that can't be unregistered for an hour: one for each. True if there may be more. */
export function notifyOfStuckRunners(limit = 1000): Promise<boolean> {
  return db.transaction(async (tx) => {
    const due = await tx
      .select(columns)
      .from(runners)
      .leftJoin(accessTokens, eq(accessTokens.id, runners.accessTokenId))
      .leftJoin(groups, eq(groups.id, kept("groupId")))
      .where(
        and(
          sql`${runners.failingSince} <= now() - interval '1 hour'`,
          not(runners.failureNotified),
          or(isNotNull(accessTokens.id), isNotNull(deletedToken)),
        ),
      )
      .orderBy(runners.failingSince)
      .limit(limit)
      .for("no key update", { of: runners, skipLocked: true });
    await recordForOwners(tx, due, ({ runnerId, ...token }) => ({
      type: "runner.stuck",
      token,
      more: { runner: { id: runnerId } },
    }));
    await tx
      .update(runners)
      .set({ failureNotified: true })
      .where(
        inArray(
          runners.id,
          due.map(({ runnerId }) => runnerId),
        ),
      );
    return due.length >= limit;
  });
}
