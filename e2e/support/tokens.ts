import { eq, sql } from "drizzle-orm";
import { Temporal } from "temporal-polyfill";
import { db } from "@/db/client";
import { accessTokens } from "@/db/schema";
import { createAccessToken } from "@/lib/access-tokens/create";
import type { Person } from "@/lib/auth/actor";
import type { GroupScope } from "@/lib/auth/scope";

type Group = { scope: GroupScope; admin: Person };
type Kind = { name?: string; expiresIn?: string; revoked?: boolean };

/** Creates tokens as the group's admin: "token-00001" and so on, or one with the given name. */
export async function seedGroupTokens(
  group: Group,
  count: number,
  { name, expiresIn, revoked }: Kind = {},
): Promise<void> {
  for (let index = 1; index <= count; index++) {
    const { token } = await createAccessToken(group.admin, group.scope, {
      name: name ?? `token-${String(index).padStart(5, "0")}`,
      expiresAt: { instant: Temporal.Now.instant().add({ hours: 24 * 30 }), timeZone: "UTC" },
      admin: false,
    });
    if (expiresIn) {
      const expiresAt = sql`now() + ${expiresIn}::interval`;
      await db
        .update(accessTokens)
        .set({ createdAt: sql`now() - interval '1 year'`, expiresAt })
        .where(eq(accessTokens.id, token.id));
    }
    if (revoked) await db.update(accessTokens).set({ revokedAt: sql`now()` }).where(eq(accessTokens.id, token.id));
  }
}
