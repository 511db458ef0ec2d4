import { and, eq, inArray, not, sql } from "drizzle-orm";
import { db } from "@/db/client";
import { accessTokens, runners } from "@/db/schema";
import { recordForOwners } from "./record";

/** Records a message for runners that can't be unregistered for an hour: one for each. True if there may be more. */
export function notifyOfStuckRunners(limit = 1000): Promise<boolean> {
  return db.transaction(async (tx) => {
    const due = await tx
      .select({
        id: accessTokens.id,
        name: accessTokens.name,
        organizationId: accessTokens.organizationId,
        groupId: accessTokens.groupId,
        expiresAt: accessTokens.expiresAt,
        runner: { id: runners.id },
      })
      .from(runners)
      .innerJoin(accessTokens, eq(accessTokens.id, runners.accessTokenId))
      .where(and(sql`${runners.failingSince} <= now() - interval '1 hour'`, not(runners.failureNotified)))
      .orderBy(runners.failingSince)
      .limit(limit)
      .for("no key update", { of: runners, skipLocked: true });
    await recordForOwners(tx, due, ({ runner, ...token }) => ({ type: "runner.stuck", token, more: { runner } }));
    await tx
      .update(runners)
      .set({ failureNotified: true })
      .where(
        inArray(
          runners.id,
          due.map(({ runner }) => runner.id),
        ),
      );
    return due.length >= limit;
  });
}
