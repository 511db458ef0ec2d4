import { eq } from "drizzle-orm";
import { Temporal } from "temporal-polyfill";
import { describe, expect, test } from "vitest";
import { db } from "@/db/client";
import { accessTokens } from "@/db/schema";
import { createToken, inDays, tokenInput } from "@/testing/access-tokens";
import { everyRow } from "@/testing/database/database-owner";
import { hold } from "@/testing/database/locks";
import { setPolicy } from "@/testing/policies/policies";
import { refusal } from "@/testing/refusal";
import { createRotationScene } from "@/testing/rotation/rotations";
import { createTenant } from "@/testing/tenant";
import { authenticateAccessToken } from "./authenticate";
import { reactivateAccessToken, revokeAccessToken } from "./change";
import { createAccessToken } from "./create";
import { expirationInZone } from "./expiration";
import { rotateAccessToken } from "./rotation/rotate";

const lastDay = (days: number, timeZone = "UTC") =>
  expirationInZone.parse({ date: Temporal.Now.plainDateISO(timeZone).add({ days }).toString(), timeZone });

const lifetimeRefusal = (owner: string, days: number) => ({
  code: "policy",
  errors: [
    {
      field: "expiresAt",
      message: expect.stringMatching(
        new RegExp(
          `^The ${owner}'s policy "Longest lifetime \\(days\\)" is ${days}\\. Choose a date up to \\d+ \\w+ \\d{4}\\.$`,
        ),
      ),
    },
  ],
});

describe("a creation", () => {
  test.each(["UTC", "Pacific/Kiritimati", "America/Los_Angeles"])(
    "may last until the end of the policy's last day in %s, and no longer",
    async (timeZone) => {
      const { group } = await createTenant();
      await setPolicy(group.admin, group.scope, { longestLifetimeDays: 7 });
      await createToken(group.admin, group.scope, { expiresAt: lastDay(7, timeZone) });
      const before = await everyRow();
      const late = createAccessToken(group.admin, group.scope, tokenInput({ expiresAt: lastDay(8, timeZone) }));
      expect(await refusal(late)).toMatchObject(lifetimeRefusal("group", 7));
      expect(await everyRow()).toEqual(before);
    },
  );

  test("is bound by the organization's policy, in its groups and for its own tokens", async () => {
    const { group, organization, organizationAdmin } = await createTenant();
    await setPolicy(organizationAdmin, organization.scope, { longestLifetimeDays: 20, allowsAdminRole: false });
    for (const [admin, scope] of [
      [group.admin, group.scope],
      [organizationAdmin, organization.scope],
    ] as const) {
      const create = (options: Parameters<typeof tokenInput>[0]) =>
        refusal(createAccessToken(admin, scope, tokenInput(options)));
      expect(await create({ expiresAt: lastDay(21) })).toMatchObject(lifetimeRefusal("organization", 20));
      expect(await create({ expiresAt: lastDay(20), admin: true })).toMatchObject({
        code: "policy",
        errors: [
          {
            field: "admin",
            message: `The organization's policy "Allow the admin role" is off. Create the token without this role.`,
          },
        ],
      });
      await createToken(admin, scope, { expiresAt: lastDay(20) });
    }
  });

  test("is bound by a group's stricter policy in that group alone", async () => {
    const { group, otherGroup, organization, organizationAdmin } = await createTenant();
    await setPolicy(organizationAdmin, organization.scope, { longestLifetimeDays: 60 });
    await setPolicy(group.admin, group.scope, { longestLifetimeDays: 10 });
    const expiresAt = lastDay(30);
    const late = refusal(createAccessToken(group.admin, group.scope, tokenInput({ expiresAt })));
    expect(await late).toMatchObject(lifetimeRefusal("group", 10));
    await createToken(otherGroup.admin, otherGroup.scope, { expiresAt });
    await createToken(organizationAdmin, organization.scope, { expiresAt });
  });

  test("beyond the operator's limit is refused as before, whatever the policies say", async () => {
    const { group } = await createTenant();
    const late = () => refusal(createAccessToken(group.admin, group.scope, tokenInput({ expiresAt: lastDay(366) })));
    const answer = { code: "invalid", errors: [{ field: "expiresAt", message: expect.stringContaining("365 days") }] };
    expect(await late()).toMatchObject(answer);
    await setPolicy(group.admin, group.scope, { longestLifetimeDays: 5 });
    expect(await late()).toMatchObject(answer);
  });

  test("that waits while a policy is saved is bound by it", async () => {
    const { group } = await createTenant();
    const release = await hold("select from memberships where user_id = $1 for update", group.admin.userId);
    const created = refusal(createAccessToken(group.admin, group.scope, tokenInput({ expiresAt: lastDay(30) })));
    await db.execute(
      `insert into policies (owner_id, organization_id, group_id, longest_lifetime_days)
       select id, organization_id, id, 7 from groups where id = '${group.id}'`,
    );
    await release();
    expect(await created).toMatchObject(lifetimeRefusal("group", 7));
  });

  test("that was refused may be repeated with the same idempotency key", async () => {
    const { group } = await createTenant();
    await setPolicy(group.admin, group.scope, { allowsAdminRole: false });
    const key = "a".repeat(32);
    const input = { ...tokenInput(), admin: true };
    await refusal(createAccessToken(group.admin, group.scope, input, key));
    const created = await createAccessToken(group.admin, group.scope, { ...input, admin: false }, key);
    expect(created.secret).not.toBeNull();
  });
});

describe("a rotation", () => {
  const lifetimeFrom = async (id: string) =>
    (await db.select().from(accessTokens).where(eq(accessTokens.id, id)))[0]?.lifetimeFrom;

  test("with a new expiration is bound by the policy, from the rotation on", async () => {
    const { admin, scope, token, rotate } = await createRotationScene();
    await setPolicy(admin, scope, { longestLifetimeDays: 10 });
    await db.execute(`update access_tokens set created_at = now() - interval '50 days' where id = '${token.id}'`);
    const before = await everyRow();
    for (const expiresAt of [lastDay(11), inDays(50)]) {
      expect(await refusal(rotate({ expiresAt }))).toMatchObject(lifetimeRefusal("group", 10));
    }
    expect(await everyRow()).toEqual(before);
    await rotate({ expiresAt: lastDay(10) });
    expect(await lifetimeFrom(token.id)).toBeInstanceOf(Date);
  });

  test("that keeps the expiration is never refused, and the lifetime counts from the creation", async () => {
    const { admin, scope, token, rotate } = await createRotationScene({ admin: true });
    await setPolicy(admin, scope, { longestLifetimeDays: 10, allowsAdminRole: false });
    await rotate({ oldSecret: "now" });
    const expiresAt = inDays(0);
    const kept = { ...expiresAt, instant: Temporal.Instant.fromEpochMilliseconds(token.expiresAt.getTime()) };
    await rotate({ oldSecret: "now", expiresAt: kept });
    await rotateAccessToken({ ...token.actor, secretHash: undefined }, token.id, { oldSecret: "on_first_use" });
    expect(await lifetimeFrom(token.id)).toBeNull();
  });

  test("of a token with an admin role that is not allowed does not extend it", async () => {
    const { organization, organizationAdmin, rotate } = await createRotationScene({
      admin: true,
      expiresAt: inDays(20),
    });
    await setPolicy(organizationAdmin, organization.scope, { allowsAdminRole: false });
    const before = await everyRow();
    expect(await refusal(rotate({ expiresAt: lastDay(21) }))).toMatchObject({
      code: "policy",
      errors: [
        {
          field: "expiresAt",
          message: expect.stringMatching(/^The organization's policy "Allow the admin role" is off, so a token/),
        },
      ],
    });
    expect(await everyRow()).toEqual(before);
    await rotate({ oldSecret: "now", expiresAt: lastDay(10) });
    await setPolicy(organizationAdmin, organization.scope, { allowsAdminRole: true });
    await rotate({ oldSecret: "now", expiresAt: lastDay(21) });
  });

  test("that keeps an expiration beyond the operator's limit is not refused", async () => {
    const { token, rotate } = await createRotationScene();
    const instant = inDays(500).instant;
    await db
      .update(accessTokens)
      .set({ expiresAt: new Date(instant.epochMilliseconds) })
      .where(eq(accessTokens.id, token.id));
    expect(await refusal(rotate({ expiresAt: inDays(499) }))).toMatchObject({ code: "invalid" });
    await rotate({
      expiresAt: { instant: Temporal.Instant.fromEpochMilliseconds(instant.epochMilliseconds), timeZone: "UTC" },
    });
  });

  test("of a token in another group is not bound", async () => {
    const { otherGroup, rotate } = await createRotationScene();
    await setPolicy(otherGroup.admin, otherGroup.scope, { longestLifetimeDays: 10 });
    await rotate({ expiresAt: lastDay(200) });
  });
});

test("tokens that are there already stay, and are revoked and reactivated as before", async () => {
  const { group } = await createTenant();
  const token = await createToken(group.admin, group.scope, { admin: true, expiresAt: inDays(100) });
  await setPolicy(group.admin, group.scope, { longestLifetimeDays: 1, allowsAdminRole: false });
  expect(await authenticateAccessToken(token.secret)).toBeDefined();
  await revokeAccessToken(group.admin, token.id);
  await reactivateAccessToken(group.admin, token.id);
  expect(await authenticateAccessToken(token.secret)).toBeDefined();
});
