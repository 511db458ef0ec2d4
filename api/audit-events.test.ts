import { text } from "node:stream/consumers";
import { beforeAll, describe, expect, test } from "vitest";
import { z } from "zod";
import { deleteAccessToken, revokeAccessToken } from "@/lib/access-tokens/change";
import { editAccessToken } from "@/lib/access-tokens/edit";
import { exportAuditEvents } from "@/lib/audit-log/export";
import { setVariable } from "@/lib/environment-variables/change";
import { deleteGroup } from "@/lib/groups/delete";
import { changeMemberRole } from "@/lib/members/in-group";
import { withRequestContext } from "@/lib/request-context";
import { createToken, type TestToken } from "@/testing/access-tokens";
import { ask, askAs } from "@/testing/api/ask";
import { type Callers, createCallers, ofEach } from "@/testing/api/callers";
import { usePeople } from "@/testing/api/people";
import { serveApi } from "@/testing/api/server";
import { accessesOf, gitlabBody, useProviders } from "@/testing/api/version-control";
import { asCursor, foreignCursors } from "@/testing/pages";
import { sharedCases } from "@/testing/shared-cases";
import { gitlabToken } from "@/testing/stand-ins/gitlab-credentials";
import { createTenant, type Tenant } from "@/testing/tenant";

const events = "/api/v2.0/audit-events";
const people = usePeople();
const providers = useProviders();

let base: string;
let tenant: Tenant;
let callers: Callers;
let ofGroup: string;
let ofOrganization: string;

beforeAll(async () => {
  base = await serveApi();
  tenant = await createTenant();
  callers = await createCallers(tenant);
  ofGroup = `${events}?group_id=${tenant.group.id}`;
  ofOrganization = `${events}?organization_id=${tenant.organization.id}`;
});

const get = (path: string, by: TestToken = callers.groupAdmin) => askAs(base, by.secret, "GET", path);
const statusOf = async (path: string, by?: TestToken) => (await get(path, by)).status;

const named = z.object({ id: z.string(), name: z.string().nullable() });
const pageSchema = z.object({
  items: z.array(
    z.looseObject({
      id: z.string(),
      occurred_at: z.string(),
      action: z.string(),
      subject: named,
      actor: named.extend({ kind: z.string(), access_token: named.nullable() }),
    }),
  ),
  next_cursor: z.string().nullable(),
});
const pageOf = async (path: string, by?: TestToken) => pageSchema.parse((await get(path, by)).body);

/** A group whose tokens acted and were changed. One of them was deleted at the end. */
async function createScene() {
  const tenant = await createTenant();
  const { group, organizationAdmin } = tenant;
  const by = await createToken(group.admin, group.scope, { admin: true, name: "reader" });
  const gone = await createToken(group.admin, group.scope, { admin: true, name: "nightly" });
  const other = await createToken(group.admin, group.scope, { name: "other" });
  await revokeAccessToken(gone.actor, other.id);
  await changeMemberRole(organizationAdmin, group.scope, group.user.userId, "group_admin");
  await deleteAccessToken(group.admin, gone.id);
  const path = `${events}?group_id=${group.id}`;
  const eventsAt = async (query: string) =>
    (await pageOf(`${path}&${query}`, by)).items.map(({ action, subject }) => `${action} ${subject.id}`);
  return { ...tenant, by, gone, other, path, eventsAt };
}

describe("who may read it", () => {
  test("a group's admins read its log; to others it is unknown", async () => {
    expect(await ofEach(callers, (by) => statusOf(ofGroup, by))).toEqual({
      groupAdmin: 200,
      groupUser: 403,
      organizationAdmin: 200,
      organizationUser: 403,
      otherGroupAdmin: 404,
      strangeOrganizationAdmin: 404,
    });
  });

  test("an organization's admins read its log; to others it is unknown", async () => {
    expect(await ofEach(callers, (by) => statusOf(ofOrganization, by))).toEqual({
      groupAdmin: 403,
      groupUser: 403,
      organizationAdmin: 200,
      organizationUser: 403,
      otherGroupAdmin: 403,
      strangeOrganizationAdmin: 404,
    });
  });

  test("a person reads the logs that their own roles allow", async () => {
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
    expect(await statuses((await createTenant()).organizationAdmin)).toEqual({ group: 404, organization: 404 });
  });

  test("a hidden log gets exactly the same answer as an unknown id, whatever the other parameters", async () => {
    const unknown = await get(`${events}?group_id=unknown`);
    expect(unknown).toMatchObject({ status: 404, body: { code: "not_found" } });
    for (const id of [tenant.otherGroup.id, tenant.organization.id, "%00", "a%00b", "%ff", "x".repeat(5000)]) {
      expect((await get(`${events}?group_id=${id}&action=member.added`)).text).toBe(unknown.text);
    }
    expect(await statusOf(`${events}?organization_id=${tenant.group.id}`)).toBe(404);
  });

  test("a former admin can't read the next page", async () => {
    const { group, by, path, organizationAdmin } = await createScene();
    await people.link(group.admin);
    const headers = { authorization: `Bearer ${await people.jwtOf(group.admin.userId)}` };
    const first = pageSchema.parse((await ask(base, `${path}&limit=1`, { headers })).body);
    await changeMemberRole(organizationAdmin, group.scope, group.admin.userId, "group_user");
    expect((await ask(base, `${path}&limit=1&cursor=${first.next_cursor}`, { headers })).status).toBe(403);
    await revokeAccessToken(by.actor, by.id);
    expect(await statusOf(path, by)).toBe(401);
  });
});

describe("its contents", () => {
  test("an event says what happened, who did it and from where", async () => {
    const { group, organization } = await createTenant();
    const by = await createToken(group.admin, group.scope, { admin: true, name: "nightly" });
    await withRequestContext({ requestId: "1", channel: "api", address: "192.0.2.7" }, () =>
      editAccessToken(by.actor, by.id, { name: "weekly" }),
    );
    const { status, headers, body } = await get(`${events}?group_id=${group.id}`, by);
    expect(status).toBe(200);
    expect(headers).toMatchObject({ "content-type": "application/json", "cache-control": "no-store" });
    const common = {
      id: expect.stringMatching(/^aud_/),
      occurred_at: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
      organization_id: organization.id,
      group_id: group.id,
    };
    const { id, username } = by.technicalUser;
    expect(body).toEqual({
      items: [
        {
          ...common,
          actor: { id, kind: "technical", name: username, access_token: { id: by.id, name: "weekly" } },
          action: "access_token.renamed",
          subject: { id: by.id, name: "weekly" },
          detail: { previous_name: "nightly", name: "weekly" },
          channel: "api",
          address: "192.0.2.7",
        },
        {
          ...common,
          actor: { id: group.admin.userId, kind: "person", name: group.admin.name, access_token: null },
          action: "access_token.created",
          subject: { id: by.id, name: "nightly" },
          detail: { role: "group_admin", technical_user: username, expires_at: by.expiresAt.toISOString() },
          channel: "system",
          address: null,
        },
      ],
      next_cursor: null,
    });
  });

  test("the log matches the export from the pages, in the same order", async () => {
    const { group, path, by } = await createScene();
    const { chunks } = await exportAuditEvents(group.admin, group.scope, {}, "jsonl");
    const exported = (await text(chunks))
      .trimEnd()
      .split("\n")
      .map((line) => {
        const { chain_position: _position, signature, ...event } = JSON.parse(line);
        expect(signature).toHaveLength(43);
        return event;
      });
    const { items } = await pageOf(path, by);
    expect(items.length).toBeGreaterThan(5);
    const flat = items.map(({ actor, subject, ...event }) => ({
      ...event,
      actor_id: actor.id,
      actor_kind: actor.kind,
      actor_name: actor.name,
      access_token_id: actor.access_token?.id ?? null,
      subject_id: subject.id,
      subject_name: subject.name,
    }));
    expect(flat).toEqual(exported);
  });

  test("an organization's log holds the events outside its groups", async () => {
    const { items } = await pageOf(ofOrganization, callers.organizationAdmin);
    // Callers with a JWT have linked their accounts.
    const [linked, others] = [true, false].map((isLinked) =>
      items.filter(({ action }) => (action === "account.linked") === isLinked),
    );
    expect(others?.map(({ subject }) => subject.id)).toEqual([
      callers.organizationUser.id,
      callers.organizationAdmin.id,
    ]);
    expect(linked?.length).toBeGreaterThan(0);
    expect(new Set(items.map(({ group_id: group }) => group))).toEqual(new Set([null]));
  });

  test("an organization's admin reads the log of a deleted group, not of an existing one", async () => {
    const { group, otherGroup, organization, organizationAdmin, gone } = await createScene();
    await deleteGroup(organizationAdmin, organization.scope, group.id, { name: group.name });
    const reader = await createToken(organizationAdmin, organization.scope, { admin: true });
    const user = await createToken(organizationAdmin, organization.scope);
    const of = (id: string) => `${events}?organization_id=${organization.id}&deleted_group_id=${id}`;
    const { items } = await pageOf(`${of(group.id)}&access_token_id=${gone.id}`, reader);
    expect(items.map(({ action }) => action)).toEqual([
      "access_token.deleted",
      "access_token.revoked",
      "access_token.created",
    ]);
    expect(items[1]?.actor.access_token).toEqual({ id: gone.id, name: "nightly" });
    expect(await statusOf(of(group.id), user)).toBe(403);
    const hidden = await get(of("unknown"), reader);
    expect(hidden.status).toBe(404);
    for (const id of [otherGroup.id, tenant.group.id, organization.id, "%00"]) {
      expect((await get(of(id), reader)).text).toBe(hidden.text);
    }
  });

  test("no event contains a secret, a value or a credential", async () => {
    const { group } = await createTenant();
    const by = await createToken(group.admin, group.scope, { admin: true });
    const one = await askAs(base, by.secret, "POST", accessesOf(by.id), gitlabBody(providers));
    const replaced = { token: gitlabToken("groupBot") };
    const to = `${accessesOf(by.id)}/${one.body.id}/token`;
    expect((await askAs(base, by.secret, "PUT", to, replaced)).status).toBe(200);
    await setVariable(by.actor, by.id, { name: "PLACE", value: "hidden-value" });
    const { text, body } = await get(`${events}?group_id=${group.id}`, by);
    expect(pageSchema.parse(body).items.map(({ action }) => action)).toEqual([
      "environment_variable.added",
      "version_control_access.token_replaced",
      "version_control_access.added",
      "access_token.created",
    ]);
    for (const secret of [by.secret, "glpat-standin", "hidden-value"]) expect(text).not.toContain(secret);
  });
});

describe("filters", () => {
  test("select by actor, action and token, separately and combined", async () => {
    const { eventsAt, group, organizationAdmin, gone, other, by } = await createScene();
    const created = (id: string) => `access_token.created ${id}`;
    const [revoked, deleted] = [`access_token.revoked ${other.id}`, `access_token.deleted ${gone.id}`];
    const all = [created(by.id), created(gone.id), created(other.id)].reverse();
    expect(await eventsAt("action=access_token.created")).toEqual(all);
    expect(await eventsAt(`actor_id=${group.admin.userId}`)).toEqual([deleted, ...all]);
    expect(await eventsAt(`actor_id=${gone.actor.userId}`)).toEqual([revoked]);
    expect(await eventsAt(`actor_id=${organizationAdmin.userId}`)).toEqual([
      `member.role_changed ${group.user.userId}`,
    ]);
    expect(await eventsAt(`access_token_id=${gone.id}`)).toEqual([deleted, revoked, created(gone.id)]);
    expect(await eventsAt(`access_token_id=${gone.id}&actor_id=${group.admin.userId}`)).toEqual([
      deleted,
      created(gone.id),
    ]);
    expect(await eventsAt(`access_token_id=${other.id}&action=access_token.revoked`)).toEqual([revoked]);
    for (const nobody of ["nobody", "%00", "%ff", "x".repeat(5000), tenant.group.admin.userId]) {
      expect(await eventsAt(`actor_id=${nobody}`)).toEqual([]);
      expect(await eventsAt(`access_token_id=${nobody}`)).toEqual([]);
    }
  });

  test("include both days of a range, and exclude the instant that ends it", async () => {
    const { eventsAt, path, by } = await createScene();
    const { items } = await pageOf(path, by);
    const instants = items.map(({ occurred_at: at }) => at);
    const [newest = "", oldest = ""] = [instants[0], instants.at(-1)];
    const [today, firstDay] = [newest.slice(0, 10), oldest.slice(0, 10)];
    expect(await eventsAt(`from=${firstDay}&to=${today}`)).toHaveLength(items.length);
    expect(await eventsAt(`from=${oldest}`)).toHaveLength(items.length);
    expect(await eventsAt(`from=${oldest}&to=${oldest}`)).toEqual([]);
    expect(await eventsAt(`to=${newest}`)).toHaveLength(instants.filter((at) => at < newest).length);
    expect(await eventsAt("to=2020-01-01")).toEqual([]);
    expect(await eventsAt("from=2998-01-01")).toEqual([]);
    expect(await eventsAt("from=2020-01-01T00:00:00%2B01:00")).toHaveLength(items.length);
  });

  test("never select from another log", async () => {
    const { group, gone } = await createScene();
    for (const query of [`actor_id=${group.admin.userId}`, `access_token_id=${gone.id}`]) {
      expect((await pageOf(`${ofGroup}&${query}`)).items).toEqual([]);
    }
  });
});

describe("pages", () => {
  test.each(["", "access_token_id"])("of any size add up to the whole list, filtered by %j", async (filter) => {
    const { path, by, gone, eventsAt } = await createScene();
    const query = filter && `&${filter}=${gone.id}`;
    const whole = await eventsAt(query.slice(1));
    for (const limit of [1, 2, whole.length, 100]) {
      const found: string[] = [];
      let cursor: string | null = "";
      while (cursor !== null) {
        const from: string = cursor && `&cursor=${encodeURIComponent(cursor)}`;
        const page = await pageOf(`${path}${query}&limit=${limit}${from}`, by);
        expect(page.items.length).toBeLessThanOrEqual(limit);
        found.push(...page.items.map(({ action, subject }) => `${action} ${subject.id}`));
        cursor = page.next_cursor;
      }
      expect(found).toEqual(whole);
    }
  });

  test("have 20 events by default", async () => {
    const { group } = await createTenant();
    const by = await createToken(group.admin, group.scope, { admin: true });
    const names = Array.from({ length: 20 }, (_, place) => `V${place}`);
    for (const name of names) await setVariable(by.actor, by.id, { name, value: "x" });
    const page = await pageOf(`${events}?group_id=${group.id}`, by);
    expect(page.items).toHaveLength(20);
    const rest = await pageOf(`${events}?group_id=${group.id}&cursor=${page.next_cursor}`, by);
    expect(rest).toMatchObject({ items: [{ action: "access_token.created" }], next_cursor: null });
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
    const both = `${events}?group_id=${group.id}&organization_id=${organization.id}`;
    for (const path of [events, `${events}?action=member.added`, both, `${events}?deleted_group_id=${group.id}`]) {
      expect(await refused(path)).toBe("The parameter group_id or organization_id must be given, and not both.");
    }
    expect(await refused(`${ofGroup}&deleted_group_id=${group.id}`)).toBe(
      "The parameter deleted_group_id goes with organization_id, not with group_id.",
    );
    await refused(`${events}?group_id=`);
    await refused(`${ofGroup}&organization_id=`);
    await refused(`${ofGroup}&group_id=${group.id}`);
  });

  const queries = [
    ...["action=", "action=Member.added", "action=unknown", "action=member.added&action=member.added", "action[]=x"],
    ...["actor_id=", "actor_id=a&actor_id=b", "access_token_id=", "access_token_id=a&access_token_id=b"],
    ...["from=", "from=now", "from=2026-02-30", "from=2026-11-24T09:30:00", "from=2026-11-24&from=2026-11-24"],
    ...["from=2026-11-24T00:00:00+01:00", "from=0000-01-01T00:00:00Z", "to=9999-12-31T23:59:59-23:59", "to=%00"],
    ...["actor=a", "token=a", "group=a", "zone=UTC", "sort=occurred_at", "search=x", "format=csv"],
    ...["limit=0", "limit=101", "limit=1e1", "limit=", "limit=5&limit=5", "cursor=", "cursor=a&cursor=b"],
    ...["page=2", "__proto__=1", "constructor=1", "private_token=x"],
    ...sharedCases("query").map(({ value }) => encodeURI(String(value))),
  ];
  test.each(queries)("%s is refused", async (query) => {
    await refused(`${ofGroup}&${query}`);
  });

  test("a refusal shows the format of a day and of an instant", async () => {
    expect(await refused(`${ofGroup}&to=tomorrow`)).toBe(
      "The parameter to must be a day such as 2026-11-24, or an RFC 3339 instant with an offset such as 2026-11-24T09:30:00Z.",
    );
  });

  test.each([
    ...foreignCursors,
    ["an unknown direction", asCursor(["audit", "2026-01-01T00:00:00.000Z", "aud_1", "up"])],
    ["the year 0", asCursor(["audit", "0000-01-01T00:00:00.000Z", "aud_1", "next"])],
    ["NUL", asCursor(["audit", "2026-01-01T00:00:00.000Z", "\0", "next"])],
  ])("a malformed cursor is refused: %s", async (_what, cursor) => {
    await refused(`${ofGroup}&cursor=${encodeURIComponent(cursor)}`);
  });
});

test("HEAD works, other methods and types are refused", async () => {
  const { secret } = callers.groupAdmin;
  expect(await askAs(base, secret, "HEAD", ofGroup)).toMatchObject({ status: 200, text: "" });
  for (const method of ["POST", "PUT", "PATCH", "DELETE"]) {
    const answer = await askAs(base, secret, method, events);
    expect(answer).toMatchObject({ status: 405, headers: { allow: "GET, HEAD" } });
  }
  const headers = { "private-token": secret, accept: "text/csv" };
  expect(await ask(base, ofGroup, { headers })).toMatchObject({ status: 406, body: { code: "not_acceptable" } });
  expect((await ask(base, ofGroup)).status).toBe(401);
});
