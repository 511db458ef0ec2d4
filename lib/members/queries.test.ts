import { Client } from "pg";
import { beforeEach, describe, expect, test, vi } from "vitest";
import { db, pool } from "@/db/client";
import { newId } from "@/db/ids";
import { memberships, users } from "@/db/schema";
import { deleteAccessToken, revokeAccessToken } from "@/lib/access-tokens/change";
import { groupScope } from "@/lib/auth/scope";
import { createToken } from "@/testing/access-tokens";
import { asOwner } from "@/testing/database/database-owner";
import { throughPages } from "@/testing/pages";
import { refusal } from "@/testing/refusal";
import { createTenant, type Tenant } from "@/testing/tenant";
import { listPeople, listTechnicalUsers } from "./queries";

let tenant: Tenant;

beforeEach(async () => {
  tenant = await createTenant();
});

/** Adds people with these names to the group, and nobody else. */
async function people(...names: string[]): Promise<void> {
  for (const name of names) {
    const userId = newId("usr");
    await db.insert(users).values({ id: userId, kind: "person", name, email: `${userId}@example.org` });
    const organizationId = tenant.organization.id;
    const member = { organizationId, groupId: tenant.group.id, userId, kind: "person", role: "group_user" } as const;
    await db.insert(memberships).values(member);
  }
}

const search = async (text: string) => {
  const { items } = await listPeople(tenant.group.admin, tenant.group.scope, { search: text });
  return items.map(({ name }) => name);
};

describe("listPeople", () => {
  test("sorts by name without regard to case and accents, through pages of any size", async () => {
    const names = ["Émile", "zoe", "Anna", "Åke", "eva", "Anna", "ÄNNE", "Groß", "Gross B", "李伟"];
    await people(...names);
    const list = (page: object) => listPeople(tenant.group.admin, tenant.group.scope, page);
    const all = (await list({})).items;
    expect(all.map(({ name }) => name).filter((name) => names.includes(name))).toEqual([
      "Åke",
      "Anna",
      "Anna",
      "ÄNNE",
      "Émile",
      "eva",
      "Groß",
      "Gross B",
      "zoe",
      "李伟",
    ]);
    for (const limit of [1, 3, 12]) expect(await throughPages(limit, list)).toEqual(all);
  });

  test("finds a part of a name or of an e-mail address, literally", async () => {
    await people("Jürgen Groß", "100% Ada", "snake_case", "Chen Wei");
    expect(await search("JURGEN gross")).toEqual(["Jürgen Groß"]);
    expect(await search("%")).toEqual(["100% Ada"]);
    expect(await search("％")).toEqual(["100% Ada"]);
    expect(await search("_")).toContain("snake_case");
    expect(await search("e_c")).toEqual(["snake_case"]);
    expect(await search("\\")).toEqual([]);
    expect(await search("\0")).toEqual([]);
    expect(await search("\ud800")).toEqual([]);
    expect((await search("@EXAMPLE.ORG")).sort()).toEqual(["100% Ada", "Chen Wei", "Jürgen Groß", "snake_case"]);
    expect(await search(tenant.group.user.email)).toEqual([tenant.group.user.name]);
  });

  test("has the people of exactly this scope, for everybody who may see it", async () => {
    const { group, otherGroup, organization, organizationAdmin } = tenant;
    const ids = async (list: ReturnType<typeof listPeople>) => (await list).items.map(({ id }) => id).sort();
    const inGroup = [group.admin.userId, group.user.userId].sort();
    for (const actor of [group.user, organizationAdmin]) {
      expect(await ids(listPeople(actor, group.scope))).toEqual(inGroup);
    }
    const all = [organizationAdmin, group.admin, group.user, otherGroup.admin, otherGroup.user];
    expect(await ids(listPeople(group.user, organization.scope))).toEqual(all.map(({ userId }) => userId).sort());
    for (const list of [listPeople, listTechnicalUsers]) {
      const unknown = await refusal(list(group.admin, groupScope(newId("grp"))));
      expect(unknown).toMatchObject({ code: "not_found" });
      expect(await refusal(list(otherGroup.admin, group.scope))).toEqual(unknown);
      expect(await refusal(list(group.admin, group.scope, { cursor: "nonsense" }))).toMatchObject({
        code: "malformed",
      });
    }
  });

  test("walks an index in a scope of many people, and sorts nothing", async () => {
    const many = 5000;
    await asOwner(async (owner) => {
      await owner.query(
        `with made as (
           insert into users (id, kind, name, email)
           select 'usr_' || i || $1, 'person', 'Person ' || i, i || '@' || $1 || '.example' from generate_series(1, $2::int) i
           returning id
         )
         insert into memberships (id, organization_id, group_id, user_id, kind, role)
         select 'mem_' || id, $3, $1, id, 'person', 'group_user' from made`,
        [tenant.group.id, many, tenant.organization.id],
      );
      await owner.query("analyze users, memberships");
    });
    const asked = vi.spyOn(Client.prototype, "query");
    const { nextCursor } = await listPeople(tenant.group.admin, tenant.group.scope);
    await listPeople(tenant.group.admin, tenant.group.scope, { cursor: nextCursor ?? "" });
    const queries = asked.mock.calls.flatMap(([query, values]: unknown[]) => {
      const text = (query as { text?: string }).text ?? "";
      return text.includes("order by") ? [{ text, values: values as unknown[] }] : [];
    });
    asked.mockRestore();
    expect(queries).toHaveLength(2);
    for (const { text, values } of queries) {
      const { rows } = await pool.query(`explain (format json) ${text}`, values);
      const plan = JSON.stringify(rows);
      expect(plan).toContain("users_people_by_name");
      expect(plan).not.toContain('"Sort"');
    }
  });
});

describe("listTechnicalUsers", () => {
  test("sorts by the token's name, and shows tokens only to those who may see them", async () => {
    const { group, organizationAdmin } = tenant;
    const second = await createToken(group.admin, group.scope, { name: "b nightly", admin: true });
    const first = await createToken(group.admin, group.scope, { name: "A deploy" });
    await createToken(organizationAdmin, tenant.organization.scope, { name: "fleet" });
    await revokeAccessToken(group.admin, second.id);
    const list = (page: object) => listTechnicalUsers(group.admin, group.scope, page);
    const { items } = await list({});
    const { technicalUser } = first;
    expect(items).toEqual([
      { ...technicalUser, role: "group_user", token: { id: first.id, name: "A deploy", status: "active" } },
      {
        ...second.technicalUser,
        role: "group_admin",
        token: { id: second.id, name: "b nightly", status: "revoked" },
      },
    ]);
    expect(await throughPages(1, list)).toEqual(items);
    for (const actor of [group.user, organizationAdmin]) {
      const seen = (await listTechnicalUsers(actor, group.scope)).items;
      expect(seen).toEqual(items.map((item) => ({ ...item, token: null })));
    }
    const found = async (text: string) => (await list({ search: text })).items.map(({ id }) => id);
    expect(await found("NIGHT")).toEqual([second.technicalUser.id]);
    expect(await found(technicalUser.username)).toEqual([technicalUser.id]);
    expect(await found("%")).toEqual([]);
    expect(await found("fleet")).toEqual([]);
  });

  test("tells those who may not see tokens no name of a token, by a search or a cursor", async () => {
    const { group, organizationAdmin } = tenant;
    // A username has at most 24 characters of the token's name.
    const name = "a name of twenty-four and secret words";
    const [first] = [
      await createToken(group.admin, group.scope, { name }),
      await createToken(group.admin, group.scope),
    ];
    for (const actor of [group.user, organizationAdmin]) {
      const list = (page: object) => listTechnicalUsers(actor, group.scope, page);
      expect((await list({ search: "secret words" })).items).toEqual([]);
      expect((await list({ search: name })).items).toEqual([]);
      expect((await list({ search: "A-NAME-OF" })).items).toMatchObject([{ id: first.technicalUser.id }]);
      const { nextCursor } = await list({ limit: 1 });
      expect(Buffer.from(nextCursor ?? "", "base64url").toString()).not.toContain("secret");
      expect(await throughPages(1, list)).toEqual((await list({})).items);
    }
  });

  test("a cursor at a token that has been deleted since is refused", async () => {
    const { admin, scope } = tenant.group;
    const first = await createToken(admin, scope, { name: "a" });
    await createToken(admin, scope, { name: "b" });
    const { nextCursor: cursor } = await listTechnicalUsers(admin, scope, { limit: 1 });
    await deleteAccessToken(admin, first.id);
    expect(await refusal(listTechnicalUsers(admin, scope, { cursor: cursor ?? "" }))).toMatchObject({
      code: "malformed",
    });
  });
});
