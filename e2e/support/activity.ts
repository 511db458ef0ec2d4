import { sql } from "drizzle-orm";
import type { Page } from "playwright/test";
import { db } from "@/db/client";
import { reactivateAccessToken, revokeAccessToken } from "@/lib/access-tokens/change";
import { createUseRecorder } from "@/lib/access-tokens/uses/record";
import type { Actor } from "@/lib/auth/actor";
import { withRequestContext } from "@/lib/request-context";
import { createToken, expire } from "@/testing/access-tokens";
import type { Tenant } from "@/testing/tenant";
import { tabOf } from "./access-tokens";

export const newToken = ({ group }: Tenant, name = "nightly") =>
  createToken(group.admin, group.scope, { name, admin: true });
export const newOrganizationToken = ({ organization, organizationAdmin }: Tenant, name: string) =>
  createToken(organizationAdmin, organization.scope, { name });
export const pageOf = ({ group }: Tenant, tokenId: string) => `${tabOf(group)}/${tokenId}`;

export const expireToken = expire;
export const revoke = ({ group }: Tenant, tokenId: string, by: Actor = group.admin) => revokeAccessToken(by, tokenId);
export const reactivate = ({ group }: Tenant, tokenId: string) => reactivateAccessToken(group.admin, tokenId);

type From = { address: string; userAgent?: string };

/** Records uses of the token as an instance of the service does. */
export async function useToken(id: string, times: number, { address, userAgent }: From): Promise<void> {
  const { recordUse, flushUses } = createUseRecorder();
  for (let time = 0; time < times; time++) {
    withRequestContext({ requestId: "", channel: "api", address, userAgent }, () => recordUse(id));
  }
  await flushUses();
}

/** Adds uses on days before today in UTC. */
export async function seedDays(id: string, usesByAge: Record<number, number>): Promise<void> {
  const [ages, uses] = [Object.keys(usesByAge).map(Number), Object.values(usesByAge)];
  await db.execute(sql`
    insert into access_token_uses (access_token_id, organization_id, day, uses)
    select id, organization_id, (now() at time zone 'UTC')::date - age, seeded.uses
    from access_tokens, unnest(${sql.param(ages)}::int[], ${sql.param(uses)}::int[]) as seeded (age, uses)
    where id = ${id}`);
}

/** The value of a fact in the header of a token's page. */
export const fact = (page: Page, term: string) =>
  page
    .locator("dl > div")
    .filter({ has: page.getByRole("term").filter({ hasText: new RegExp(`^${term}$`) }) })
    .getByRole("definition");
