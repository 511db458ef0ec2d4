import { eq, sql } from "drizzle-orm";
import { expect, test } from "vitest";
import { db, pool } from "@/db/client";
import { users } from "@/db/schema";
import { withRequestContext } from "@/lib/request-context";
import { createToken } from "@/testing/access-tokens";
import { refusal } from "@/testing/refusal";
import { createTenant } from "@/testing/tenant";
import { deleteAccessToken, reactivateAccessToken, revokeAccessToken } from "../change";
import { consequencesOf } from "../queries";
import { flushUses, recordUse } from "../uses/record";
import { getRevoker, getTokenActivity, getTokenWithNetworks } from "./queries";

async function createScene() {
  const { group } = await createTenant();
  return { ...group, token: await createToken(group.admin, group.scope, { admin: true }) };
}

async function use(id: string, address: string, userAgent: string): Promise<void> {
  withRequestContext({ requestId: "", channel: "api", address, userAgent }, () => recordUse(id));
  await flushUses();
}

test("a token that was never used has thirty empty days and no networks", async () => {
  const { admin, token } = await createScene();
  const { days, lastUsedFrom } = await getTokenActivity(admin, token.id);
  const { rows } = await pool.query(
    "select (now() at time zone 'UTC')::date::text as today, ((now() at time zone 'UTC')::date - 29)::text as first",
  );
  expect(days).toHaveLength(30);
  expect([days[0]?.day, days.at(-1)?.day]).toEqual([rows[0].first, rows[0].today]);
  expect(days.every(({ uses }) => uses === 0)).toBe(true);
  expect(lastUsedFrom).toEqual([]);
  expect(await consequencesOf(admin, token.id)).toMatchObject({ lastUsedAt: null, lastUsedFrom: null });
});

test("what is lost with a token is shown in its own scope only", async () => {
  const { admin, scope, token } = await createScene();
  const { otherGroup } = await createTenant();
  expect(await consequencesOf(admin, token.id, scope)).toMatchObject({ status: "active" });
  expect(await refusal(consequencesOf(admin, token.id, otherGroup.scope))).toMatchObject({ code: "not_found" });
});

test("the networks and the uses of each day are shown", async () => {
  const { admin, token } = await createScene();
  await use(token.id, "192.0.2.9", "curl/8.5.0");
  await use(token.id, "2001:db8::1", "k6/0.5");
  await db.execute(sql`
    insert into access_token_uses (access_token_id, organization_id, day, uses)
    select id, organization_id, (now() at time zone 'UTC')::date - ago, 3000000000 + ago
    from access_tokens, unnest(array[7, 29, 30]) ago where id = ${token.id}`);
  const { days, lastUsedFrom } = await getTokenActivity(admin, token.id);
  const uses = days.map((day) => day.uses);
  expect(uses).toEqual([3_000_000_029, ...Array(21).fill(0), 3_000_000_007, ...Array(6).fill(0), 2]);
  expect(lastUsedFrom.map(({ network, client }) => [network, client])).toEqual([
    ["2001:db8::/48", "k6"],
    ["192.0.2.0/24", "curl"],
  ]);
  expect(await consequencesOf(admin, token.id)).toMatchObject({
    lastUsedAt: lastUsedFrom[0]?.lastUsedAt,
    lastUsedFrom: "2001:db8::/48",
  });
  expect(await getTokenWithNetworks(admin, token.id)).toMatchObject({ id: token.id, lastUsedFrom });
});

test("deleting a token deletes its counts", async () => {
  const { admin, token } = await createScene();
  await use(token.id, "192.0.2.9", "curl/8.5.0");
  const counted = async () =>
    (await pool.query("select from access_token_uses where access_token_id = $1", [token.id])).rowCount;
  expect(await counted()).toBe(1);
  await deleteAccessToken(admin, token.id);
  expect(await counted()).toBe(0);
});

test("who revoked a token is named, also a technical user and a person who has another name now", async () => {
  const { admin, scope, token } = await createScene();
  const { actor } = await createToken(admin, scope, { admin: true });
  expect(await getRevoker(admin, scope, token)).toBeUndefined();

  const first = await revokeAccessToken(actor, token.id);
  expect(await getRevoker(admin, scope, first)).toEqual({ id: actor.userId, name: actor.name });

  await reactivateAccessToken(admin, token.id);
  const second = await revokeAccessToken(admin, token.id);
  await db.update(users).set({ name: "Renamed" }).where(eq(users.id, admin.userId));
  expect(await getRevoker(admin, scope, second)).toEqual({ id: admin.userId, name: admin.name });
});

test("the revocation of another token by this one is not its own", async () => {
  const { admin, scope, token } = await createScene();
  const revoked = await revokeAccessToken(admin, token.id);
  const other = await createToken(admin, scope);
  await revokeAccessToken(token.actor, other.id);
  expect((await getRevoker(admin, scope, revoked))?.id).toBe(admin.userId);
});
