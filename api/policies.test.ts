import { beforeAll, beforeEach, expect, test } from "vitest";
import { createToken, inDays } from "@/testing/access-tokens";
import { ask } from "@/testing/api/ask";
import { usePeople } from "@/testing/api/people";
import { serveApi } from "@/testing/api/server";
import { everyRow } from "@/testing/database/database-owner";
import { setPolicy } from "@/testing/policies/policies";
import { createTenant, type Tenant } from "@/testing/tenant";

const tokens = "/api/v2.0/access-tokens";
const people = usePeople();

let base: string;
let tenant: Tenant;
/** The group admin's JWT. */
let jwt: string;

beforeAll(async () => {
  base = await serveApi();
});
beforeEach(async () => {
  tenant = await createTenant();
  await people.link(tenant.group.admin);
  jwt = await people.jwtOf(tenant.group.admin.userId);
});

function post(path: string, body: unknown, headers: Record<string, string> = { authorization: `Bearer ${jwt}` }) {
  const given = { ...headers, "content-type": "application/json" };
  return ask(base, path, { method: "POST", headers: given, body: JSON.stringify(body) });
}

const dateIn = (days: number) => new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10);
const newToken = (differs: object) => ({
  name: "nightly",
  expires_at: dateIn(7),
  group_id: tenant.group.id,
  ...differs,
});

test("a creation beyond the longest lifetime is 422 policy, on its field", async () => {
  const { organization, organizationAdmin } = tenant;
  await setPolicy(organizationAdmin, organization.scope, { longestLifetimeDays: 7 });
  const before = await everyRow();
  const { status, headers, body } = await post(tokens, newToken({ expires_at: dateIn(8) }));
  expect([status, headers["content-type"]]).toEqual([422, "application/problem+json"]);
  const message = expect.stringMatching(/^The organization's policy "Longest lifetime \(days\)" is 7\. /);
  expect(body).toMatchObject({ code: "policy", detail: message, errors: [{ field: "expires_at", message }] });
  expect(await everyRow()).toEqual(before);
  expect((await post(tokens, newToken({}))).status).toBe(201);
});

test("a creation with an admin role that is not allowed is 422 policy, on its field", async () => {
  const { group } = tenant;
  await setPolicy(group.admin, group.scope, { allowsAdminRole: false });
  const refused = await post(tokens, newToken({ admin: true }));
  expect(refused).toMatchObject({ status: 422, body: { code: "policy", errors: [{ field: "admin" }] } });
  expect((await post(tokens, newToken({ admin: false }))).status).toBe(201);
});

test("a rotation with an expiration beyond the policy is 422 policy, and one that keeps it is not refused", async () => {
  const { group } = tenant;
  const token = await createToken(group.admin, group.scope, { expiresAt: inDays(100) });
  await setPolicy(group.admin, group.scope, { longestLifetimeDays: 7 });
  const path = `${tokens}/${token.id}/rotate`;
  const refused = await post(path, { expires_at: dateIn(8) });
  expect(refused).toMatchObject({ status: 422, body: { code: "policy", errors: [{ field: "expires_at" }] } });
  expect((await post(`${tokens}/self/rotate`, {}, { "private-token": token.secret })).status).toBe(200);
  expect((await post(`${tokens}/${token.id}/rotation/cancel`, undefined)).status).toBe(200);
  expect((await post(path, { expires_at: dateIn(7) })).status).toBe(200);
});

test("the operator's limit stays invalid", async () => {
  const { status, body } = await post(tokens, newToken({ expires_at: dateIn(400) }));
  expect([status, body.code]).toEqual([422, "invalid"]);
});
