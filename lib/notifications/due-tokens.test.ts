import { eq, sql } from "drizzle-orm";
import { beforeEach, expect, test } from "vitest";
import { db } from "@/db/client";
import { accessTokens, notifications } from "@/db/schema";
import { reactivateAccessToken, revokeAccessToken } from "@/lib/access-tokens/change";
import { getAccessToken } from "@/lib/access-tokens/queries";
import { rotateAccessToken } from "@/lib/access-tokens/rotation/rotate";
import { createToken, inDays } from "@/testing/access-tokens";
import { expireIn, messagesOf } from "@/testing/notifications/messages";
import { createTenant, type Tenant } from "@/testing/tenant";
import { notifyOfTokens } from "./due-tokens";

let tenant: Tenant;
beforeEach(async () => {
  tenant = await createTenant();
});

const newToken = () => createToken(tenant.group.admin, tenant.group.scope);
const day = 24;

test.each([
  [29 * day, "access_token.expiring", 30],
  [6 * day, "access_token.expiring", 7],
  [23, "access_token.expiring", 1],
  [-1, "access_token.expired", undefined],
])(
  "of the thresholds that passed until %i hours before the expiration only the most urgent is notified",
  async (hours, type, days) => {
    const token = await newToken();
    await expireIn(token.id, hours);
    await notifyOfTokens();
    await notifyOfTokens();
    expect(await messagesOf(token.id)).toEqual([[type, days]]);
  },
);

test("a message names the token, its owner and its expiration", async () => {
  const token = await createToken(tenant.organizationAdmin, tenant.organization.scope, { name: "nightly" });
  await expireIn(token.id, 6 * day);
  await notifyOfTokens();
  const { expiresAt } = await getAccessToken(tenant.organizationAdmin, token.id);
  const [message] = await db.select().from(notifications).where(eq(notifications.accessTokenId, token.id));
  expect(message).toMatchObject({
    groupId: null,
    ownerId: tenant.organization.id,
    data: {
      access_token: {
        id: token.id,
        name: "nightly",
        group_id: null,
        organization_id: tenant.organization.id,
        expires_at: expiresAt.toISOString(),
      },
      days: 7,
    },
  });
});

test("a threshold before the token's creation is not notified", async () => {
  const token = await createToken(tenant.group.admin, tenant.group.scope, { expiresAt: inDays(5) });
  await notifyOfTokens();
  expect(await messagesOf(token.id)).toEqual([]);
  const [row] = await db.select().from(accessTokens).where(eq(accessTokens.id, token.id));
  expect(row?.nextNoticeAt).toEqual(new Date(token.expiresAt.getTime() - 86_400_000));
});

test("each threshold is notified once, and anew after a changed expiration", async () => {
  const token = await newToken();
  await expireIn(token.id, 29 * day);
  await notifyOfTokens();
  // As if the time had passed: the same expiration, looked at later.
  await db.update(accessTokens).set({ nextNoticeAt: sql`now()` }).where(eq(accessTokens.id, token.id));
  await notifyOfTokens();
  expect(await messagesOf(token.id)).toEqual([["access_token.expiring", 30]]);
  await expireIn(token.id, 28 * day);
  await notifyOfTokens();
  await expireIn(token.id, 6 * day);
  await notifyOfTokens();
  expect(await messagesOf(token.id)).toEqual([
    ["access_token.expiring", 30],
    ["access_token.expiring", 30],
    ["access_token.expiring", 7],
  ]);
});

test("a rotation that keeps the expiration notifies of nothing again, one that changes it does", async () => {
  const token = await newToken();
  await expireIn(token.id, 6 * day);
  await notifyOfTokens();
  await rotateAccessToken(tenant.group.admin, token.id, { oldSecret: "now" });
  await notifyOfTokens();
  expect(await messagesOf(token.id)).toHaveLength(1);
  await rotateAccessToken(tenant.group.admin, token.id, { oldSecret: "now", expiresAt: inDays(60) });
  await notifyOfTokens();
  expect(await messagesOf(token.id)).toHaveLength(1);
  await expireIn(token.id, 5 * day);
  await notifyOfTokens();
  expect(await messagesOf(token.id)).toEqual([
    ["access_token.expiring", 7],
    ["access_token.expiring", 7],
  ]);
});

test("a revoked token is not notified of, until it is reactivated", async () => {
  const token = await newToken();
  await expireIn(token.id, 6 * day);
  await revokeAccessToken(tenant.group.admin, token.id);
  await notifyOfTokens();
  expect(await messagesOf(token.id)).toEqual([]);
  await reactivateAccessToken(tenant.group.admin, token.id);
  await notifyOfTokens();
  expect(await messagesOf(token.id)).toEqual([["access_token.expiring", 7]]);
});

test("looks at the same time, in steps, record one message for each token, and leave its revision as it is", async () => {
  const tokens = await Promise.all(Array.from({ length: 20 }, newToken));
  for (const { id } of tokens) await expireIn(id, 6 * day);
  const before = await Promise.all(tokens.map(({ id }) => getAccessToken(tenant.group.admin, id)));
  const all = async () => {
    while (await notifyOfTokens(3));
  };
  await Promise.all([all(), all(), all()]);
  await all();
  for (const { id, revision } of before) {
    expect(await messagesOf(id)).toEqual([["access_token.expiring", 7]]);
    expect((await getAccessToken(tenant.group.admin, id)).revision).toBe(revision);
  }
});

test("the look reads what is due by an index", async () => {
  const { rows } = await db.transaction(async (tx) => {
    await tx.execute(sql`set local enable_seqscan = off`);
    return tx.execute<{ "QUERY PLAN": string }>(
      sql`explain select id from access_tokens where next_notice_at <= now() and revoked_at is null order by next_notice_at limit 1000`,
    );
  });
  expect(rows.map((row) => row["QUERY PLAN"]).join("\n")).toContain("access_tokens_notices");
});
