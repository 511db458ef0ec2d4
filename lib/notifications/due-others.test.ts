import { eq, sql } from "drizzle-orm";
import { beforeEach, describe, expect, test, vi } from "vitest";
import { db } from "@/db/client";
import { notifications, runners, versionControlAccesses } from "@/db/schema";
import { authenticateAccessToken } from "@/lib/access-tokens/authenticate";
import { deleteAccessToken, revokeAccessToken } from "@/lib/access-tokens/change";
import { rotateAccessToken } from "@/lib/access-tokens/rotation/rotate";
import { deleteGroup } from "@/lib/groups/delete";
import { createToken, expire, type TestToken } from "@/testing/access-tokens";
import { insertAccess } from "@/testing/accesses";
import { messagesOf } from "@/testing/notifications/messages";
import { createTenant, type Tenant } from "@/testing/tenant";
import { notifyOfExpiringCredentials, notifyOfFailedCredentials } from "./due-credentials";
import { notifyOfStuckRunners } from "./due-runners";

let tenant: Tenant;
let group: Tenant["group"];
let token: TestToken;
beforeEach(async () => {
  tenant = await createTenant();
  group = tenant.group;
  token = await createToken(group.admin, group.scope);
});

const inHours = (hours: number) => sql`now() + make_interval(hours => ${hours})`;
const change = (id: string, values: Record<string, unknown>) =>
  db.update(versionControlAccesses).set(values).where(eq(versionControlAccesses.id, id));

describe("a stored credential", () => {
  const old = { createdAt: inHours(-24 * 60) };

  test("that expires is notified of at 14 and 3 days, each once, and anew after it was replaced", async () => {
    const id = await insertAccess(token, { ...old, tokenExpiresAt: inHours(24 * 13) });
    await Promise.all([notifyOfExpiringCredentials(), notifyOfExpiringCredentials()]);
    await notifyOfExpiringCredentials();
    expect(await messagesOf(token.id)).toEqual([["credential.expiring", 14]]);
    const [message] = await db.select().from(notifications).where(eq(notifications.accessTokenId, token.id));
    expect(message?.data).toMatchObject({
      access_token: { id: token.id, group_id: group.id },
      version_control_access: { id, provider_url: "https://gitlab.example" },
      days: 14,
    });
    await change(id, { tokenExpiresAt: inHours(24 * 2) });
    await notifyOfExpiringCredentials();
    await notifyOfExpiringCredentials();
    expect(await messagesOf(token.id)).toEqual([
      ["credential.expiring", 14],
      ["credential.expiring", 3],
    ]);
  });

  test("that fails its check is notified of once, until a check succeeds again", async () => {
    const id = await insertAccess(token);
    const fail = () =>
      change(id, { checkCode: "credential_rejected", checkMessage: "It was revoked.", checkedAt: sql`now()` });
    await fail();
    await Promise.all([notifyOfFailedCredentials(), notifyOfFailedCredentials()]);
    await fail();
    await notifyOfFailedCredentials();
    expect(await messagesOf(token.id)).toEqual([["credential.failed", undefined]]);
    await change(id, { checkCode: null, checkMessage: null });
    await notifyOfFailedCredentials();
    await fail();
    await notifyOfFailedCredentials();
    expect(await messagesOf(token.id)).toHaveLength(2);
  });

  test("that was removed, or whose token is revoked or expired, is not notified of", async () => {
    const failing = {
      ...old,
      tokenExpiresAt: inHours(24),
      checkCode: "missing_scope",
      checkMessage: "A scope is missing.",
    };
    await insertAccess(token, { ...failing, removedAt: inHours(-1) });
    const [revoked, expired] = [
      await createToken(group.admin, group.scope),
      await createToken(group.admin, group.scope),
    ];
    await insertAccess(revoked, failing);
    await revokeAccessToken(group.admin, revoked.id);
    await insertAccess(expired, failing);
    await expire(expired.id);
    await notifyOfExpiringCredentials();
    await notifyOfFailedCredentials();
    for (const { id } of [token, revoked, expired]) expect(await messagesOf(id)).toEqual([]);
    // What never gets a message is read by no further look.
    const ofExpired = eq(versionControlAccesses.accessTokenId, expired.id);
    expect(await db.select().from(versionControlAccesses).where(ofExpired)).toMatchObject([
      { nextNoticeAt: null, failureNotified: true },
    ]);
  });

  test("keeps its revision", async () => {
    const id = await insertAccess(token, { ...old, tokenExpiresAt: inHours(24), checkCode: "x", checkMessage: "X" });
    const revision = async () =>
      (await db.select().from(versionControlAccesses).where(eq(versionControlAccesses.id, id)))[0]?.revision;
    const before = await revision();
    await notifyOfExpiringCredentials();
    await notifyOfFailedCredentials();
    expect(await messagesOf(token.id)).toHaveLength(2);
    expect(await revision()).toBe(before);
  });
});

test("a runner that can't be unregistered for an hour is notified of once, also of a revoked token", async () => {
  const accessId = await insertAccess(token);
  const { organizationId, id: accessTokenId } = token;
  const runner = { organizationId, accessTokenId, accessId, state: "unregistering" as const, attempts: 3, tags: [] };
  const [stuck] = await db
    .insert(runners)
    .values({ ...runner, failingSince: inHours(-1) })
    .returning();
  await db.insert(runners).values({ ...runner, failingSince: sql`now() - interval '59 minutes'` });
  await revokeAccessToken(group.admin, token.id);
  await Promise.all([notifyOfStuckRunners(), notifyOfStuckRunners()]);
  await notifyOfStuckRunners();
  const messages = await db.select().from(notifications).where(eq(notifications.accessTokenId, token.id));
  expect(messages).toMatchObject([{ type: "runner.stuck", data: { runner: { id: stuck?.id } } }]);
});

describe("a runner of a deleted token", () => {
  /** A runner that can't be unregistered for an hour. */
  async function addStuckRunner({ organizationId, id: accessTokenId }: TestToken): Promise<string> {
    const [runner] = await db
      .insert(runners)
      .values({
        organizationId,
        accessTokenId,
        accessId: await insertAccess(token),
        state: "unregistering",
        tags: [],
        failingSince: inHours(-1),
      })
      .returning({ id: runners.id });
    return runner?.id ?? "";
  }

  async function messages() {
    const rows = await db.select().from(notifications).where(eq(notifications.accessTokenId, token.id));
    return rows.map(({ type, ownerId, data }) => ({ type, ownerId, data }));
  }

  test("is notified of to the group that had the token, as the token was named", async () => {
    const id = await addStuckRunner(token);
    await deleteAccessToken(group.admin, token.id);
    await Promise.all([notifyOfStuckRunners(), notifyOfStuckRunners()]);
    await notifyOfStuckRunners();
    expect(await messages()).toEqual([
      {
        type: "runner.stuck",
        ownerId: group.id,
        data: {
          access_token: {
            id: token.id,
            name: token.name,
            group_id: group.id,
            organization_id: token.organizationId,
            expires_at: token.expiresAt.toISOString(),
          },
          runner: { id },
        },
      },
    ]);
  });

  test("is notified of to the organization, if the token was its own or its group is deleted, too", async () => {
    const { organization, organizationAdmin } = tenant;
    const ids = [await addStuckRunner(token)];
    await deleteGroup(organizationAdmin, organization.scope, group.id, { name: group.name });
    await notifyOfStuckRunners();
    expect(await messages()).toMatchObject([
      { ownerId: organization.id, data: { access_token: { group_id: null, name: token.name } } },
    ]);
    token = await createToken(organizationAdmin, organization.scope);
    ids.push(await addStuckRunner(token));
    await deleteAccessToken(organizationAdmin, token.id);
    await notifyOfStuckRunners();
    expect(await messages()).toMatchObject([{ ownerId: organization.id, data: { runner: { id: ids[1] } } }]);
  });

  test("is not notified of, if a version that kept nothing of the token deleted it", async () => {
    const id = await addStuckRunner(token);
    await deleteAccessToken(group.admin, token.id);
    await db.update(runners).set({ deletedToken: null }).where(eq(runners.id, id));
    await notifyOfStuckRunners();
    expect(await messages()).toEqual([]);
  });
});

test("the use of a retired secret is notified of, once a day", async () => {
  await rotateAccessToken(group.admin, token.id, { oldSecret: "now" });
  expect(await authenticateAccessToken(token.secret)).toBeUndefined();
  await vi.waitFor(async () =>
    expect(await messagesOf(token.id)).toEqual([["access_token.retired_secret_used", undefined]]),
  );
});
