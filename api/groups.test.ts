import { beforeAll, expect, test } from "vitest";
import { z } from "zod";
import { createToken } from "@/testing/access-tokens";
import { ask } from "@/testing/api/ask";
import { serveApi } from "@/testing/api/server";
import { sharedCases } from "@/testing/shared-cases";
import { createPerson, createTenant, type Tenant } from "@/testing/tenant";

const groups = "/api/v2.0/groups";

let base: string;
let tenant: Tenant;
let groupToken: string;
let organizationToken: string;

beforeAll(async () => {
  base = await serveApi();
  tenant = await createTenant();
  ({ secret: groupToken } = await createToken(tenant.group.admin, tenant.group.scope));
  ({ secret: organizationToken } = await createToken(tenant.organizationAdmin, tenant.organization.scope));
});

const askAs = (secret: string, path: string) => ask(base, path, { headers: { "private-token": secret } });

const pageSchema = z.object({ items: z.array(z.record(z.string(), z.unknown())), next_cursor: z.string().nullable() });

/** The items of all pages. */
async function askForAll(secret: string, path: string, limit: number) {
  const items: Record<string, unknown>[] = [];
  let cursor: string | null = null;
  do {
    const from: string = cursor ? `&cursor=${encodeURIComponent(cursor)}` : "";
    const page = pageSchema.parse((await askAs(secret, `${path}?limit=${limit}${from}`)).body);
    expect(page.items.length).toBeLessThanOrEqual(limit);
    items.push(...page.items);
    cursor = page.next_cursor;
  } while (cursor);
  return items;
}

test("a group token sees only its own group", async () => {
  const { group, organization } = tenant;
  const resource = {
    id: group.id,
    name: group.name,
    organization_id: organization.id,
    created_at: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
  };
  const list = await askAs(groupToken, groups);
  expect(list.status).toBe(200);
  expect(list.body).toEqual({ items: [resource], next_cursor: null });

  const one = await askAs(groupToken, `${groups}/${group.id}`);
  expect(one.status).toBe(200);
  expect(one.body).toEqual(resource);
});

test("an organization token sees all groups of its organization, page by page", async () => {
  const items = await askForAll(organizationToken, groups, 1);
  expect(items.map(({ id }) => id).sort()).toEqual([tenant.group.id, tenant.otherGroup.id].sort());
  expect((await askAs(organizationToken, `${groups}/${tenant.otherGroup.id}`)).status).toBe(200);
});

test("members are people and technical users, page by page", async () => {
  const { group, organization } = await createTenant();
  const token = await createToken(group.admin, group.scope, { admin: true });
  const late = await createPerson(organization.id, "organization_user", { [group.id]: "group_user" });
  const path = `${groups}/${group.id}/members`;

  const member = ({ userId, name }: { userId: string; name: string }, role: string) => ({
    user: { id: userId, name },
    kind: "person",
    role,
  });
  const { id, username } = token.technicalUser;
  const expected = [
    member(group.admin, "group_admin"),
    member(group.user, "group_user"),
    member(late, "group_user"),
    { user: { id, name: username }, kind: "technical", role: "group_admin" },
  ];
  expect((await askAs(token.secret, path)).body).toEqual({ items: expected, next_cursor: null });
  expect(await askForAll(token.secret, path, 1)).toEqual(expected);
});

test("a hidden group gets exactly the same answer as an unknown id", async () => {
  const stranger = await createTenant();
  for (const suffix of ["", "/members"]) {
    const unknown = await askAs(groupToken, `${groups}/grp_00000000000000000000000000${suffix}`);
    expect(unknown).toMatchObject({ status: 404, body: { code: "not_found" } });
    for (const { id } of [tenant.otherGroup, stranger.group, { id: tenant.organization.id }]) {
      const hidden = await askAs(groupToken, `${groups}/${id}${suffix}`);
      expect(hidden.status).toBe(404);
      expect(hidden.text).toBe(unknown.text);
    }
  }
});

test.each([
  "%",
  "%zz",
  "%ff",
  "%c3%28",
  "%00",
  "a%00b",
  "%ED%A0%80",
  "%2F",
  "a%2Fb",
  "..%2f",
  "%E2%80%AE",
  "x".repeat(8000),
])("the id %s is unknown", async (id) => {
  const unknown = await askAs(groupToken, `${groups}/unknown`);
  const answer = await askAs(groupToken, `${groups}/${id}`);
  expect(answer.status).toBe(404);
  expect(answer.text).toBe(unknown.text);
});

test.each(["1", "100"])("limit=%s is accepted", async (limit) => {
  expect((await askAs(groupToken, `${groups}?limit=${limit}`)).status).toBe(200);
});

const limits = [
  "0",
  "-1",
  "101",
  "1000000",
  "1e1",
  "1e9",
  "+5",
  "%2B5",
  "%205",
  "5%20",
  "",
  "05",
  "1.0",
  "0x10",
  "%D9%A5",
  "NaN",
];
const cursors = [
  "",
  "x",
  "%00",
  "null",
  Buffer.from("[]").toString("base64url"),
  Buffer.from('["groups","a\\u0000","b","c"]').toString("base64url"),
  Buffer.from('["members","person","a\\u0000"]').toString("base64url"),
  Buffer.from('["groups",{"a":1},"b","c"]').toString("base64url"),
];
const queries = [
  ...limits.map((limit) => `limit=${limit}`),
  ...cursors.map((cursor) => `cursor=${cursor}`),
  "limit",
  "limit=5&limit=5",
  "limit[]=5",
  "Limit=5",
  "page=2",
  "per_page=0",
  "sort=name",
  "__proto__=1",
  "constructor=1",
  "%zz=1",
];
test.each(queries)("the query ?%s is malformed", async (query) => {
  for (const path of [groups, `${groups}/${tenant.group.id}/members`]) {
    const { status, body } = await askAs(groupToken, `${path}?${query}`);
    expect(body).toMatchObject({ code: "malformed", status: 400 });
    expect(status).toBe(400);
  }
});

test.each(["limit=5", "private_token=x", "a", "__proto__=1"])(
  "a route without parameters refuses ?%s",
  async (query) => {
    for (const path of [`${groups}/${tenant.group.id}`, "/api/v2.0/access-tokens/self"]) {
      expect(await askAs(groupToken, `${path}?${query}`)).toMatchObject({ status: 400, body: { code: "malformed" } });
    }
  },
);

test("an empty query is accepted", async () => {
  expect((await askAs(groupToken, `${groups}?`)).status).toBe(200);
  expect((await askAs(groupToken, `${groups}/${tenant.group.id}?`)).status).toBe(200);
});

test("one list's cursor is malformed in another list", async () => {
  const { next_cursor: cursor } = pageSchema.parse((await askAs(organizationToken, `${groups}?limit=1`)).body);
  const path = `${groups}/${tenant.group.id}/members?cursor=${cursor}`;
  expect(await askAs(organizationToken, path)).toMatchObject({ status: 400, body: { code: "malformed" } });
});

const cases = sharedCases("resource_id");

test.runIf(cases.length > 0)("every shared case of an id is unknown", async () => {
  const stranger = await createTenant();
  for (const { value } of cases) {
    // Unencoded too, where a request line can hold it.
    const filled = String(value).replace("{{OTHER_GROUP_TOKEN_ID}}", stranger.group.id);
    const written = /^[!-~]+$/.test(filled) ? [filled, encodeURIComponent(filled)] : [encodeURIComponent(filled)];
    for (const one of written) {
      const answer = await askAs(groupToken, `${groups}/${one}`);
      expect(answer.status, one).toBe(404);
      expect(answer.body).toMatchObject({ code: "not_found" });
    }
  }
});
