import { beforeAll, expect, test } from "vitest";
import { revokeAccessToken } from "@/lib/access-tokens/change";
import { flushUses } from "@/lib/access-tokens/uses/record";
import { createToken } from "@/testing/access-tokens";
import { ask } from "@/testing/api/ask";
import { serveApi } from "@/testing/api/server";
import { createTenant } from "@/testing/tenant";

const self = "/api/v2.0/access-tokens/self";
const instant = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);

let base: string;
beforeAll(async () => {
  base = await serveApi();
});

test("a group token reads itself, whatever its role", async () => {
  const { group, organization } = await createTenant();
  const token = await createToken(group.admin, group.scope, { name: "nightly" });

  const { status, headers, body } = await ask(base, self, { headers: { "private-token": token.secret } });
  expect(status).toBe(200);
  expect(headers["content-type"]).toBe("application/json");
  expect(body).toEqual({
    id: token.id,
    name: "nightly",
    description: "",
    status: "active",
    role: "group_user",
    group_id: group.id,
    organization_id: organization.id,
    technical_user: { id: token.technicalUser.id, username: token.technicalUser.username },
    token_suffix: token.secret.slice(-4),
    retiring_secret: null,
    created_by: { id: group.admin.userId, name: group.admin.name },
    created_at: instant,
    expires_at: token.expiresAt.toISOString(),
    last_used_at: null,
    revoked_at: null,
    authenticated_by: { kind: "secret", token_suffix: token.secret.slice(-4) },
  });
});

test("an organization token has no group", async () => {
  const { organization, organizationAdmin } = await createTenant();
  const token = await createToken(organizationAdmin, organization.scope, { admin: true });

  const { body } = await ask(base, self, { headers: { "private-token": token.secret } });
  expect(body).toMatchObject({ role: "organization_admin", group_id: null, organization_id: organization.id });
});

test("the resource shows the last use", async () => {
  const { group } = await createTenant();
  const { secret } = await createToken(group.admin, group.scope);
  const headers = { "private-token": secret };
  await ask(base, self, { headers });
  await flushUses();
  expect((await ask(base, self, { headers })).body.last_used_at).toEqual(instant);
});

test("the answer holds neither the secret nor its hash", async () => {
  const { group } = await createTenant();
  const token = await createToken(group.admin, group.scope);
  const { text, headers } = await ask(base, self, { headers: { "private-token": token.secret } });
  expect(text + JSON.stringify(headers)).not.toContain(token.secret.slice(0, 20));
  expect(text.replace('"retiring_secret":null', "")).not.toMatch(/"[^"]*(secret|hash)[^"]*":|vhg_/i);
  expect(text).toContain(token.id);
});

test("a token that has revoked itself is refused", async () => {
  const { group } = await createTenant();
  const token = await createToken(group.admin, group.scope, { admin: true });
  await revokeAccessToken(token.actor, token.id);
  expect((await ask(base, self, { headers: { "private-token": token.secret } })).status).toBe(401);
});
