import { beforeAll, describe, expect, test } from "vitest";
import { z } from "zod";
import { sorts } from "@/lib/access-token-list/sort";
import { revokeAccessToken } from "@/lib/access-tokens/change";
import { flushUses } from "@/lib/access-tokens/uses/record";
import { createToken, expire, inDays, type TestToken } from "@/testing/access-tokens";
import { ask, askAs } from "@/testing/api/ask";
import { type Callers, createCallers, ofEach } from "@/testing/api/callers";
import { usePeople } from "@/testing/api/people";
import { serveApi } from "@/testing/api/server";
import { asCursor, foreignCursors } from "@/testing/pages";
import { sharedCases } from "@/testing/shared-cases";
import { createTenant, type Tenant } from "@/testing/tenant";

const tokens = "/api/v2.0/access-tokens";
const people = usePeople();

let base: string;
let tenant: Tenant;
let callers: Callers;
let ofGroup: string;
let ofOrganization: string;

beforeAll(async () => {
  base = await serveApi();
  tenant = await createTenant();
  callers = await createCallers(tenant);
  ofGroup = `${tokens}?group_id=${tenant.group.id}`;
  ofOrganization = `${tokens}?organization_id=${tenant.organization.id}`;
});

const get = (path: string, by: TestToken = callers.groupAdmin) => askAs(base, by.secret, "GET", path);
const statusOf = async (path: string, by?: TestToken) => (await get(path, by)).status;

const pageSchema = z.object({
  items: z.array(z.looseObject({ id: z.string(), name: z.string() })),
  next_cursor: z.string().nullable(),
});
const pageOf = async (path: string, by?: TestToken) => pageSchema.parse((await get(path, by)).body);

/** A group with tokens of these names, created in this order, and the path of their list. */
async function createGroup(names: string[]) {
  const { group } = await createTenant();
  const made: TestToken[] = [];
  for (const [index, name] of names.entries()) {
    made.push(await createToken(group.admin, group.scope, { name, admin: true, expiresAt: inDays(50 - index) }));
  }
  const [by] = made;
  if (!by) throw new Error("a list needs a token to be read with");
  const path = `${tokens}?group_id=${group.id}`;
  const list = async (query: string) => (await pageOf(`${path}&${query}`, by)).items.map(({ name }) => name);
  return { group, made, by, path, list };
}

describe("who may read it", () => {
  test("a group's admins read its list; to others it is unknown", async () => {
    expect(await ofEach(callers, (by) => statusOf(ofGroup, by))).toEqual({
      groupAdmin: 200,
      groupUser: 403,
      organizationAdmin: 200,
      organizationUser: 403,
      otherGroupAdmin: 404,
      strangeOrganizationAdmin: 404,
    });
  });

  test("an organization's admins read its list; to others it is unknown", async () => {
    expect(await ofEach(callers, (by) => statusOf(ofOrganization, by))).toEqual({
      groupAdmin: 403,
      groupUser: 403,
      organizationAdmin: 200,
      organizationUser: 403,
      otherGroupAdmin: 403,
      strangeOrganizationAdmin: 404,
    });
  });

  test("a person reads the lists that their own roles allow", async () => {
    const { group, otherGroup, organizationAdmin } = tenant;
    const statuses = async (person: typeof group.admin) => {
      await people.link(person);
      const headers = { authorization: `Bearer ${await people.jwtOf(person.userId)}` };
      const of = async (path: string) => (await ask(base, path, { headers })).status;
      return { group: await of(ofGroup), organization: await of(ofOrganization) };
    };
    expect(await statuses(group.admin)).toEqual({ group: 200, organization: 403 });
    expect(await statuses(group.user)).toEqual({ group: 403, organization: 403 });
    expect(await statuses(organizationAdmin)).toEqual({ group: 403, organization: 200 });
    expect(await statuses(otherGroup.admin)).toEqual({ group: 404, organization: 403 });
  });

  test("a hidden scope gets exactly the same answer as an unknown id", async () => {
    const unknown = await get(`${tokens}?group_id=unknown`);
    expect(unknown).toMatchObject({ status: 404, body: { code: "not_found" } });
    for (const id of [tenant.otherGroup.id, tenant.organization.id, "%00", "a%00b", "%ff", "x".repeat(5000)]) {
      expect((await get(`${tokens}?group_id=${id}`)).text).toBe(unknown.text);
    }
    expect(await statusOf(`${tokens}?organization_id=${tenant.group.id}`)).toBe(404);
  });
});

describe("its contents", () => {
  test("a group's list holds the representations of single reads without their networks, newest first", async () => {
    const { group, by, made } = await createGroup(["first", "second"]);
    const { body } = await get(`${tokens}?group_id=${group.id}`, by);
    const one = async (token?: TestToken) => {
      const { last_used_from, ...resource } = (await get(`${tokens}/${token?.id}`, by)).body;
      expect(last_used_from).toEqual([]);
      return resource;
    };
    expect(body).toEqual({ items: [await one(made[1]), await one(made[0])], next_cursor: null });
    expect(Object.keys(await one(made[0]))).toHaveLength(15);
  });

  test("an organization's list holds no group's tokens", async () => {
    const { items } = await pageOf(ofOrganization, callers.organizationAdmin);
    const { organizationAdmin, organizationUser } = callers;
    expect(items.map(({ id }) => id)).toEqual([organizationUser.id, organizationAdmin.id]);
  });

  test("each sort order works, and so does its reverse", async () => {
    const { list } = await createGroup(["b", "a", "C"]);
    expect(await list("sort=name")).toEqual(["a", "b", "C"]);
    expect(await list("sort=created_at")).toEqual(["b", "a", "C"]);
    expect(await list("sort=expires_at")).toEqual(["C", "a", "b"]);
    // The group's first token made the request; the others were never used.
    await flushUses();
    expect((await list("sort=last_used_at")).at(-1)).toBe("b");
    expect(await list("")).toEqual(await list("sort=-created_at"));
    for (const sort of ["name", "created_at", "expires_at"]) {
      expect(await list(`sort=-${sort}`)).toEqual((await list(`sort=${sort}`)).reverse());
    }
  });

  test("the status filter selects each status", async () => {
    const { group, list, made } = await createGroup(["active", "revoked", "expired", "both"]);
    const [, revoked, expired, both] = made.map(({ id }) => id);
    for (const id of [revoked, both]) await revokeAccessToken(group.admin, id ?? "");
    for (const id of [expired, both]) await expire(id ?? "");
    expect(await list("status=active")).toEqual(["active"]);
    expect(await list("status=revoked")).toEqual(["revoked"]);
    expect((await list("status=expired")).sort()).toEqual(["both", "expired"]);
  });

  test("a search is literal and ignores case", async () => {
    const { list } = await createGroup(["100% sure", "snake_case", "it's", "<b>bold</b>", "Nightly CI"]);
    expect(await list("search=NIGHTLY")).toEqual(["Nightly CI"]);
    expect(await list("search=nightly&status=revoked")).toEqual([]);
    expect(await list("search=")).toHaveLength(5);
    for (const odd of ["%00", "%25%25", "%ff", "%zz", "x".repeat(8000)])
      expect(await list(`search=${odd}`)).toEqual([]);
    for (const { value, why } of sharedCases("search")) {
      expect(await list(`search=${encodeURIComponent(String(value))}`), why).toHaveLength(1);
    }
  });

  test.each(sorts)("paging by %s returns each token once", async (sort) => {
    const { path, by, list } = await createGroup(["d", "b", "a", "e", "c"]);
    // Store the caller's last use before the first page: a change between pages would reorder the list.
    await list("");
    await flushUses();
    const names: string[] = [];
    let cursor: string | null = "";
    while (cursor !== null) {
      const from: string = cursor && `&cursor=${encodeURIComponent(cursor)}`;
      const page = await pageOf(`${path}&sort=${sort}&limit=2${from}`, by);
      names.push(...page.items.map(({ name }) => name));
      cursor = page.next_cursor;
    }
    expect(names).toEqual(await list(`sort=${sort}`));
  });
});

describe("malformed queries", () => {
  const refused = async (path: string) => {
    const { status, body } = await get(path);
    expect(body, path).toMatchObject({ code: "malformed", status: 400 });
    expect(status).toBe(400);
    return String(body.detail);
  };

  test("neither or both of group_id and organization_id is refused", async () => {
    const { group, organization } = tenant;
    const both = `${tokens}?group_id=${group.id}&organization_id=${organization.id}`;
    for (const path of [tokens, `${tokens}?sort=name`, both]) {
      expect(await refused(path)).toBe("The parameter group_id or organization_id must be given, and not both.");
    }
    await refused(`${tokens}?group_id=`);
    await refused(`${ofGroup}&organization_id=`);
    await refused(`${ofGroup}&group_id=${group.id}`);
  });

  const queries = [
    ...["sort=", "sort=id", "sort=Name", "sort=--name", "sort=%2Bname", "sort=name,id", "sort=name&sort=name"],
    ...["status=", "status=Active", "status=deleted", "status=active&status=revoked", "status[]=active"],
    ...["search=a&search=b", "search[]=a", "Search=a", "q=a"],
    ...["limit=0", "limit=101", "limit=1e1", "limit=", "limit=5&limit=5", "cursor=", "cursor=a&cursor=b"],
    ...["page=2", "__proto__=1", "constructor=1", "private_token=x"],
    ...sharedCases("query").map(({ value }) => encodeURI(String(value))),
  ];
  test.each(queries)("%s is refused", async (query) => {
    await refused(`${ofGroup}&${query}`);
  });

  test("a refused value gets a list of the allowed ones", async () => {
    expect(await refused(`${ofGroup}&status=x`)).toBe("The parameter status must be one of active, revoked, expired.");
    expect(await refused(`${ofGroup}&sort=name&sort=name`)).toBe("The parameter sort must be given once.");
  });

  test.each([
    ...foreignCursors.slice(0, 8),
    ["another sort", asCursor(["name", "a", "tok_1", "next"])],
    ["an unknown direction", asCursor(["-created_at", "2026-01-01T00:00:00.000Z", "tok_1", "up"])],
    ["a word for an instant", asCursor(["-created_at", "now", "tok_1", "next"])],
    ["NUL", asCursor(["-created_at", "2026-01-01T00:00:00.000Z", "tok\0", "next"])],
  ])("a malformed cursor is refused: %s", async (_what, cursor) => {
    await refused(`${ofGroup}&cursor=${encodeURIComponent(cursor)}`);
  });
});

test("HEAD works, other methods and types are refused", async () => {
  const head = await askAs(base, callers.groupAdmin.secret, "HEAD", ofGroup);
  expect(head).toMatchObject({ status: 200, text: "" });
  const put = await askAs(base, callers.groupAdmin.secret, "PUT", tokens, {});
  expect(put).toMatchObject({ status: 405, headers: { allow: "GET, HEAD, POST" } });
  const headers = { "private-token": callers.groupAdmin.secret, accept: "text/html" };
  expect(await ask(base, ofGroup, { headers })).toMatchObject({ status: 406, body: { code: "not_acceptable" } });
});
