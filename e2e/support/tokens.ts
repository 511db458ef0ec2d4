import { eq, sql } from "drizzle-orm";
import { Temporal } from "temporal-polyfill";
import { db } from "@/db/client";
import { accessTokens } from "@/db/schema";
import { listAccessTokens } from "@/lib/access-token-list/queries";
import type { Status } from "@/lib/access-tokens/access-token";
import { createAccessToken } from "@/lib/access-tokens/create";
import { editAccessToken } from "@/lib/access-tokens/edit";
import type { Person } from "@/lib/auth/actor";
import type { GroupScope } from "@/lib/auth/scope";
import { createToken, type TestToken } from "@/testing/access-tokens";
import { createPerson, type Tenant } from "@/testing/tenant";

type Group = { scope: GroupScope; admin: Person };
type Kind = {
  name?: string;
  expiresIn?: string;
  revoked?: boolean;
  /** How long ago it was created and last used. */
  usedAgo?: { created: string; used: string };
  by?: Person;
};

/** Creates tokens as the group's admin: "token-00001" and so on, or one with the given name. */
export async function seedGroupTokens(
  group: Group,
  count: number,
  { name, expiresIn, revoked, usedAgo, by = group.admin }: Kind = {},
): Promise<void> {
  for (let index = 1; index <= count; index++) {
    const { token } = await createAccessToken(by, group.scope, {
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
    if (usedAgo) {
      const ago = (interval: string) => sql`now() - ${interval}::interval`;
      await db
        .update(accessTokens)
        .set({ createdAt: ago(usedAgo.created), lastUsedAt: ago(usedAgo.used) })
        .where(eq(accessTokens.id, token.id));
    }
    if (revoked) await db.update(accessTokens).set({ revokedAt: sql`now()` }).where(eq(accessTokens.id, token.id));
  }
}

/** A token with what only its creation answers. */
export function seedToken(group: Group, name: string): Promise<TestToken> {
  return createToken(group.admin, group.scope, { name });
}

/** The names of the group's tokens, in alphabetical order. */
export async function tokenNames(group: Group, status?: Status): Promise<string[]> {
  const { items } = await listAccessTokens(group.admin, group.scope, { status, sort: "name", limit: 100 });
  return items.map(({ name }) => name);
}

/** As another admin would do it meanwhile. */
export async function renameToken(group: Group, from: string, name: string): Promise<void> {
  const { items } = await listAccessTokens(group.admin, group.scope, { search: from });
  for (const { id } of items) await editAccessToken(group.admin, id, { name });
}

export function addGroupAdmin({ organization, group }: Tenant): Promise<Person> {
  return createPerson(organization.id, "organization_user", { [group.id]: "group_admin" });
}
