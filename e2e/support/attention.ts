import { and, eq, sql } from "drizzle-orm";
import { db } from "@/db/client";
import { accessTokens, runners } from "@/db/schema";
import { deleteAccessToken } from "@/lib/access-tokens/change";
import { createToken } from "@/testing/access-tokens";
import { insertAccess } from "@/testing/accesses";
import type { Tenant } from "@/testing/tenant";

const days = (count: number) => sql`now() + make_interval(days => ${count}, hours => 1)`;

/** One of each kind that needs attention: the tokens "ending" (or the given name), "rejected", "stuck" and "idle". */
export async function seedAttention({ admin, scope }: Tenant["group"], name = "ending"): Promise<void> {
  const ending = await createToken(admin, scope, { name });
  await db
    .update(accessTokens)
    .set({ expiresAt: days(2) })
    .where(eq(accessTokens.id, ending.id));
  const rejected = await createToken(admin, scope, { name: "rejected" });
  const message = "The credential was revoked.";
  await insertAccess(rejected, { checkCode: "credential_rejected", checkMessage: message });
  const stuck = await createToken(admin, scope, { name: "stuck" });
  await db.insert(runners).values({
    organizationId: stuck.organizationId,
    accessTokenId: stuck.id,
    accessId: await insertAccess(stuck),
    state: "unregistering",
    attempts: 3,
    lastError: "GitLab does not answer.",
    // Far enough for the run's server not to try it.
    nextAttemptAt: days(1),
    tags: [],
  });
  const idle = await createToken(admin, scope, { name: "idle", admin: true });
  await db
    .update(accessTokens)
    .set({ createdAt: days(-100) })
    .where(eq(accessTokens.id, idle.id));
}

export async function deleteByName({ admin, id }: Tenant["group"], name: string): Promise<void> {
  const ofName = and(eq(accessTokens.groupId, id), eq(accessTokens.name, name));
  const [token] = await db.select({ id: accessTokens.id }).from(accessTokens).where(ofName);
  await deleteAccessToken(admin, token?.id ?? "");
}
