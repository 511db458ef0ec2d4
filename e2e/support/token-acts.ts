import { eq, sql } from "drizzle-orm";
import type { Page } from "playwright/test";
import { db } from "@/db/client";
import { accessTokens } from "@/db/schema";
import { deleteAccessToken, reactivateAccessToken, revokeAccessToken } from "@/lib/access-tokens/change";
import { editAccessToken } from "@/lib/access-tokens/edit";
import { setVariable } from "@/lib/environment-variables/change";
import { createToken, type TestToken } from "@/testing/access-tokens";
import { asOwner } from "@/testing/database/database-owner";
import type { Tenant } from "@/testing/tenant";
import { chooseStatusAction, tabOf } from "./access-tokens";

export const tokenPath = ({ group }: Tenant, { id }: TestToken) => `${tabOf(group)}/${id}`;

/** What happens to a token without the page: by somebody else, or by time. */
export function elsewhere({ group: { admin, scope } }: Tenant, { id }: { id: string } = { id: "" }) {
  return {
    create: (name: string) => createToken(admin, scope, { name }),
    revoke: () => revokeAccessToken(admin, id),
    reactivate: () => reactivateAccessToken(admin, id),
    remove: () => deleteAccessToken(admin, id),
    rename: (name: string) => editAccessToken(admin, id, { name }),
    addVariable: (name: string) => setVariable(admin, id, { name, value: "x" }),
    expire: () =>
      asOwner(async (owner) => {
        // Time does not change the token's revision, which a trigger would do.
        await owner.query("set session_replication_role = replica");
        await owner.query(
          "update access_tokens set created_at = now() - interval '2 days', expires_at = now() where id = $1",
          [id],
        );
      }),
    use: (ago: string) =>
      db
        .update(accessTokens)
        .set({ lastUsedAt: sql`now() - ${ago}::interval` })
        .where(eq(accessTokens.id, id)),
  };
}

export async function revoke(page: Page, name: string): Promise<void> {
  await chooseStatusAction(page, name, "Revoke Token");
  await page.getByRole("dialog").getByRole("button", { name: "Revoke Token" }).click();
}

export async function remove(page: Page, name: string): Promise<void> {
  await chooseStatusAction(page, name, "Delete Token");
  await page.getByRole("dialog").getByRole("button", { name: "Delete Token" }).click();
}
