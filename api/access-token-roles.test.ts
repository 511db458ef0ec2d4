import { beforeAll, beforeEach, describe, expect, test } from "vitest";
import { createToken, type TestToken } from "@/testing/access-tokens";
import { type Answer, ask, askAs } from "@/testing/api/ask";
import { type Callers, createCallers, ofEach } from "@/testing/api/callers";
import { usePeople } from "@/testing/api/people";
import { serveApi } from "@/testing/api/server";
import { everyRow } from "@/testing/database/database-owner";
import { createTenant, type Tenant } from "@/testing/tenant";

const tokens = "/api/v2.0/access-tokens";
const people = usePeople();

let base: string;
let tenant: Tenant;
let callers: Callers;
/** A token of the group that belongs to none of the callers, and its path. */
let token: TestToken;
let path: string;

beforeAll(async () => {
  base = await serveApi();
});
beforeEach(async () => {
  tenant = await createTenant();
  callers = await createCallers(tenant);
  token = await createToken(tenant.group.admin, tenant.group.scope, { name: "nightly" });
  path = `${tokens}/${token.id}`;
});

type Asking = { by?: TestToken; body?: unknown; to?: string };
function send(method: string, { by = callers.groupAdmin, body, to = path }: Asking = {}): Promise<Answer> {
  return askAs(base, by.secret, method, to, body);
}
const revoke = (asking: Asking = {}) => send("POST", { ...asking, to: `${asking.to ?? path}/revoke` });
const reactivate = (asking: Asking = {}) => send("POST", { ...asking, to: `${asking.to ?? path}/reactivate` });
const rename = (name: unknown, asking: Asking = {}) => send("PATCH", { ...asking, body: { name } });

const wanted = (done: number) => ({
  groupAdmin: done,
  groupUser: 404,
  organizationAdmin: done,
  organizationUser: 404,
  otherGroupAdmin: 404,
  strangeOrganizationAdmin: 404,
});

describe("each route, for each role", () => {
  test("GET and HEAD", async () => {
    expect(await ofEach(callers, async (by) => (await send("GET", { by })).status)).toEqual(wanted(200));
    expect(await ofEach(callers, async (by) => (await send("HEAD", { by })).status)).toEqual(wanted(200));
  });

  test("PATCH, revoke and reactivate", async () => {
    expect(await ofEach(callers, async (by) => (await rename(`by ${by.name}`, { by })).status)).toEqual(wanted(200));
    expect(await ofEach(callers, async (by) => (await revoke({ by })).status)).toEqual(wanted(200));
    expect(await ofEach(callers, async (by) => (await reactivate({ by })).status)).toEqual(wanted(200));
  });

  test("DELETE", async () => {
    const { groupAdmin, organizationAdmin, ...others } = callers;
    for (const by of Object.values(others)) expect((await send("DELETE", { by })).status).toBe(404);
    for (const by of [groupAdmin, organizationAdmin]) {
      const { id } = await createToken(tenant.group.admin, tenant.group.scope);
      expect(await send("DELETE", { by, to: `${tokens}/${id}` })).toMatchObject({ status: 204, text: "" });
      expect((await send("GET", { by, to: `${tokens}/${id}` })).status).toBe(404);
    }
  });

  test("the routes of an organization's token", async () => {
    const { id } = await createToken(tenant.organizationAdmin, tenant.organization.scope);
    const to = `${tokens}/${id}`;
    const onlyOrganization = { ...wanted(404), organizationAdmin: 200 };
    expect(await ofEach(callers, async (by) => (await send("GET", { by, to })).status)).toEqual(onlyOrganization);
    const renamed = await ofEach(callers, async (by) => (await rename("weekly", { by, to })).status);
    expect(renamed).toEqual(onlyOrganization);
    expect(await ofEach(callers, async (by) => (await revoke({ by, to })).status)).toEqual(onlyOrganization);
    expect(await ofEach(callers, async (by) => (await reactivate({ by, to })).status)).toEqual(onlyOrganization);
    const removed = await ofEach(callers, async (by) => (await send("DELETE", { by, to })).status);
    expect(removed).toEqual({ ...onlyOrganization, organizationAdmin: 204 });
  });

  test("the routes for a person", async () => {
    const { group, organizationAdmin, otherGroup } = tenant;
    const statuses = async (person: typeof group.admin, name: string) => {
      await people.link(person);
      const authorization = `Bearer ${await people.jwtOf(person.userId)}`;
      const headers = { authorization, "content-type": "application/json" };
      const asked = [
        await ask(base, path, { headers }),
        await ask(base, path, { method: "PATCH", headers, body: JSON.stringify({ name }) }),
        await ask(base, `${path}/revoke`, { method: "POST", headers }),
        await ask(base, `${path}/reactivate`, { method: "POST", headers }),
      ];
      return asked.map(({ status }) => status);
    };
    expect(await statuses(group.admin, "weekly")).toEqual([200, 200, 200, 200]);
    // An organization admin manages members; the group's tokens stay hidden until they take the group role.
    for (const person of [group.user, organizationAdmin, otherGroup.admin]) {
      expect(await statuses(person, "daily")).toEqual([404, 404, 404, 404]);
    }
  });
});

describe("a token acting on itself", () => {
  test("with the user role reads itself and changes nothing", async () => {
    const by = callers.groupUser;
    const to = `${tokens}/${by.id}`;
    const { authenticated_by: _, ...own } = (await send("GET", { by, to: `${tokens}/self` })).body;
    expect(await send("GET", { by, to })).toMatchObject({ status: 200, body: own });
    const before = await everyRow();
    const asked = [
      await rename("mine", { by, to }),
      await send("PATCH", { by, to, body: { nonsense: true } }),
      await send("POST", { by, to: `${to}/revoke`, body: { nonsense: true } }),
      await revoke({ by, to }),
      await reactivate({ by, to }),
      await send("DELETE", { by, to }),
    ];
    for (const answer of asked) expect(answer).toMatchObject({ status: 403, body: { code: "forbidden" } });
    expect(await everyRow()).toEqual(before);
  });

  test("with the admin role renames, revokes and deletes itself, and can't reactivate itself", async () => {
    const by = callers.groupAdmin;
    const to = `${tokens}/${by.id}`;
    expect(await rename("mine", { by, to })).toMatchObject({ status: 200, body: { name: "mine" } });
    expect(await reactivate({ by, to })).toMatchObject({ status: 403, body: { code: "forbidden" } });
    expect(await revoke({ by, to })).toMatchObject({ status: 200, body: { status: "revoked" } });
    expect((await send("GET", { by, to })).status).toBe(401);

    const other = await createToken(tenant.group.admin, tenant.group.scope, { admin: true });
    expect((await send("DELETE", { by: other, to: `${tokens}/${other.id}` })).status).toBe(204);
    expect((await send("GET", { by: other, to: `${tokens}/self` })).status).toBe(401);
  });
});
