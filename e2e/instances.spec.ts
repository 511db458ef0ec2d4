import { chooseStatusAction, createToken, leaveUncopied, openTab, rowOf, statusOfSelf } from "./support/access-tokens";
import { createEmptyDatabase } from "./support/server/database";
import { startServer } from "./support/server/server";
import { expect, test } from "./support/test";

test.describe.configure({ timeout: 120_000 });

test("four instances can start at once on one empty database", async ({ request }) => {
  const database = await createEmptyDatabase();
  const servers = await Promise.all(Array.from({ length: 4 }, () => startServer(database.env)));
  try {
    for (const { url } of servers) expect((await request.get(`${url}/health/ready`)).status()).toBe(200);
  } finally {
    await Promise.all(servers.map(({ stop }) => stop()));
    await database.drop();
  }
});

test("a revocation in one instance holds in another for the next request", async ({ page, tenant, signInAs }) => {
  const other = await startServer({});
  try {
    await signInAs(tenant.group.admin);
    await openTab(page, tenant.group);
    const { dialog, secret } = await createToken(page, "on two instances");
    await leaveUncopied(dialog);
    expect(await statusOfSelf(secret, other.url)).toBe(200);
    await chooseStatusAction(page, "on two instances", "Revoke Token");
    await page.getByRole("dialog").getByRole("button", { name: "Revoke Token" }).click();
    await expect(rowOf(page, "on two instances").getByRole("button", { name: "Revoked" })).toBeVisible();
    expect(await statusOfSelf(secret, other.url)).toBe(401);
  } finally {
    await other.stop();
  }
});

test("no secret, password, cookie or Authorization header reaches a log line", async ({ request }) => {
  const server = await startServer({ LOG_LEVEL: "trace" });
  const marks = ["marked-password", "marked-cookie", `vhg_${"M".repeat(49)}`, "marked-authorization"];
  try {
    await request.get(`${server.url}/api/v2.0/groups?private_token=${marks[2]}`, {
      headers: { authorization: `Bearer ${marks[3]}`, cookie: `authjs.session-token=${marks[1]}` },
    });
    await request.get(`${server.url}/groups?token=${marks[2]}`, { headers: { "private-token": `${marks[2]}` } });
    await request.post(`${server.url}/sign-in`, {
      headers: { origin: server.url },
      form: { email: "group.admin@example.com", password: `${marks[0]}` },
    });
    await expect.poll(() => server.lines.filter((line) => line.includes('"msg":"request"')).length).toBeGreaterThan(2);
    for (const mark of marks) expect(server.lines.join("\n")).not.toContain(mark);
  } finally {
    await server.stop();
  }
});
