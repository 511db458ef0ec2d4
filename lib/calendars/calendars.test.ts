import { eq } from "drizzle-orm";
import { describe, expect, test } from "vitest";
import { db } from "@/db/client";
import { calendars } from "@/db/schema";
import { revokeAccessToken } from "@/lib/access-tokens/change";
import { organizationScope } from "@/lib/auth/scope";
import { deleteGroup } from "@/lib/groups/delete";
import { removeMember } from "@/lib/members/in-group";
import { createToken, expire, inDays } from "@/testing/access-tokens";
import { insertAccess } from "@/testing/accesses";
import { asOwner, everyRow } from "@/testing/database/database-owner";
import { outcomes, refusal } from "@/testing/refusal";
import { refusalsIn } from "@/testing/refusals";
import { createPerson, createTenant } from "@/testing/tenant";
import { createCalendar, revokeCalendar } from "./change";
import { findExpirations, getCalendar } from "./queries";

const inAWeek = new Date(Date.now() + 7 * 86_400_000);

describe("a calendar link", () => {
  test("is made and revoked by an admin, and both are recorded", async () => {
    const { group } = await createTenant();
    expect(await getCalendar(group.admin, group.scope)).toBeUndefined();
    const { secret } = await createCalendar(group.admin, group.scope);
    expect(secret).toMatch(/^[0-9A-Za-z]{43}$/);
    expect(await getCalendar(group.admin, group.scope)).toEqual({
      createdAt: expect.any(Date),
      createdBy: { id: group.admin.userId, name: group.admin.name },
    });
    expect((await findExpirations(secret)).owner).toMatchObject({ groupId: group.id, name: group.name });
    await revokeCalendar(group.admin, group.scope);
    expect(await refusal(findExpirations(secret))).toMatchObject({ code: "not_found" });
    for (const action of ["calendar.created", "calendar.revoked"] as const) {
      const events = await refusalsIn(group.id, action);
      expect(events).toMatchObject([{ actorId: group.admin.userId, subjectName: group.name }]);
    }
  });

  test("is stored as a hash only", async () => {
    const { group } = await createTenant();
    const { secret } = await createCalendar(group.admin, group.scope);
    expect(JSON.stringify(await everyRow())).not.toContain(secret);
  });

  test("exists once, also if two make it at the same time", async () => {
    const { group } = await createTenant();
    const make = () => createCalendar(group.admin, group.scope);
    expect(await outcomes([make(), make()])).toEqual({ done: 1, conflict: 1 });
    expect(await refusal(make())).toMatchObject({ code: "conflict" });
    await revokeCalendar(group.admin, group.scope);
    expect(await refusal(revokeCalendar(group.admin, group.scope))).toMatchObject({ code: "not_found" });
    await make();
  });

  test("stays when its maker leaves, and can be revoked by another admin", async () => {
    const { group, organization } = await createTenant();
    const { secret } = await createCalendar(group.admin, group.scope);
    const other = await createPerson(organization.id, "organization_user", { [group.id]: "group_admin" });
    await removeMember(other, group.scope, group.admin.userId);
    expect((await findExpirations(secret)).owner.name).toBe(group.name);
    expect((await getCalendar(other, group.scope))?.createdBy.id).toBe(group.admin.userId);
    await revokeCalendar(other, group.scope);
  });

  test("goes with its group", async () => {
    const { group, organization, organizationAdmin } = await createTenant();
    await createCalendar(group.admin, group.scope);
    await deleteGroup(organizationAdmin, organization.scope, group.id, { name: group.name });
    expect(await db.select().from(calendars).where(eq(calendars.ownerId, group.id))).toEqual([]);
  });

  test.each(["", "x", "x".repeat(43), `${"x".repeat(42)}\0`, "../../etc/passwd"])(
    "is unknown with the secret %j",
    async (secret) => {
      expect(await refusal(findExpirations(secret))).toMatchObject({ code: "not_found" });
    },
  );
});

describe("its expirations", () => {
  test("are those of the group's tokens that are not revoked, and of their credentials, the earliest first", async () => {
    const { group, otherGroup, organization, organizationAdmin } = await createTenant();
    const { secret } = await createCalendar(group.admin, group.scope);
    const late = await createToken(group.admin, group.scope, { expiresAt: inDays(60) });
    const soon = await createToken(group.admin, group.scope, { expiresAt: inDays(5) });
    const expired = await createToken(group.admin, group.scope);
    await expire(expired.id);
    const revoked = await createToken(group.admin, group.scope);
    const credential = await insertAccess(soon, { tokenExpiresAt: inAWeek });
    await insertAccess(late);
    await insertAccess(revoked, { tokenExpiresAt: inAWeek });
    await insertAccess(soon, { tokenExpiresAt: inAWeek, providerUrl: "https://other.example", removedAt: new Date() });
    await revokeAccessToken(group.admin, revoked.id);
    await createToken(otherGroup.admin, otherGroup.scope);
    await createToken(organizationAdmin, organization.scope);

    const { tokens, credentials } = await findExpirations(secret);
    expect(tokens.map(({ id }) => id)).toEqual([expired.id, soon.id, late.id]);
    expect(tokens[1]).toEqual({ id: soon.id, name: soon.name, createdAt: soon.createdAt, expiresAt: soon.expiresAt });
    expect(credentials).toEqual([
      {
        id: credential,
        token: { id: soon.id, name: soon.name },
        providerUrl: "https://gitlab.example",
        createdAt: expect.any(Date),
        expiresAt: inAWeek,
      },
    ]);
  });

  test("are the next ones, however many were over in the last days", async () => {
    const { group } = await createTenant();
    const { secret } = await createCalendar(group.admin, group.scope);
    const token = await createToken(group.admin, group.scope, { expiresAt: inDays(5) });
    await asOwner(async (owner) => {
      await owner.query("set session_replication_role = replica");
      await owner.query(
        `insert into access_tokens (id, organization_id, group_id, technical_user_id, name, name_key, search_key, is_admin,
           token_suffix, created_by_id, created_at, expires_at)
         select 'tok_over_' || i, organization_id, group_id, 'usr_over_' || i, 'over ' || i, 'over ' || i, 'over ' || i,
           false, 'abcd', created_by_id, now() - interval '60 days', now() - make_interval(mins => i)
         from access_tokens, generate_series(1, 2100) i where id = $1`,
        [token.id],
      );
    });
    const { tokens } = await findExpirations(secret);
    expect(tokens.slice(-3).map(({ id }) => id)).toEqual(["tok_over_2", "tok_over_1", token.id]);
    expect(tokens).toHaveLength(501);
  });

  test("of an organization are those of its own tokens", async () => {
    const { group, organization, organizationAdmin } = await createTenant();
    const { secret } = await createCalendar(organizationAdmin, organizationScope(organization.id));
    await createToken(group.admin, group.scope);
    const { id } = await createToken(organizationAdmin, organization.scope);
    const { owner, tokens } = await findExpirations(secret);
    expect(owner).toEqual({ organizationId: organization.id, groupId: null, name: organization.name });
    expect(tokens.map((token) => token.id)).toEqual([id]);
  });
});
