import { expect, test, vi } from "vitest";
import { readSettings } from "@/lib/env";
import type { Queue } from "@/server/background/job-queue";
import { environmentWith, makeLogin, ownedDatabase, query } from "@/testing/database/logins";
import { logged } from "@/testing/logged";

vi.setConfig({ testTimeout: 60_000 });

async function openWith(addresses: Record<string, string>) {
  const environment = await environmentWith(addresses);
  const { openDatabase } = await import("./open-database");
  return openDatabase(readSettings(environment));
}

test("a login that owns nothing can serve after the owner's migration, and can't remove the guards", async () => {
  const owner = await ownedDatabase();
  const service = await makeLogin(owner.url);
  const addresses = { DATABASE_URL: service.url, DATABASE_MIGRATION_URL: owner.url };
  const database = await openWith(addresses);
  expect(process.env.DATABASE_ROLE).toBeUndefined();

  const { startBackground } = await import("@/server/background/background");
  await (await startBackground(database))();
  const { createTenant } = await import("@/testing/tenant");
  const { createToken } = await import("@/testing/access-tokens");
  const { revokeAccessToken } = await import("@/lib/access-tokens/change");
  const { sealPendingEvents } = await import("@/lib/audit/chain/seal");
  const { group } = await createTenant();
  const token = await createToken(group.admin, group.scope);
  await revokeAccessToken(group.admin, token.id);
  expect(await sealPendingEvents()).toBe(2);

  for (const statement of [
    `set role ${owner.name}`,
    "alter table audit_events disable trigger all",
    "drop table audit_events cascade",
    "drop schema public cascade",
    "create table mine ()",
    "update audit_events set actor_name = 'nobody'",
    "delete from audit_chain",
    "truncate unsealed_audit_events",
    "delete from data_keys",
    "insert into drizzle.__drizzle_migrations (hash, created_at) values ('mine', 1)",
    "alter table pgboss.queue rename to gone",
  ]) {
    await expect([statement, await query(service.url, statement).catch((error) => error.code)]).toEqual([
      statement,
      "42501",
    ]);
  }
  expect(await query(service.url, "select 1 from drizzle.__drizzle_migrations limit 1")).toHaveLength(1);

  // After the owner's migration an instance starts without the owner's address.
  const alone = await openWith({ DATABASE_URL: service.url, DATABASE_MIGRATION_URL: "" });
  expect(alone.owner).toBeUndefined();
  const { startBackground: startAgain } = await import("@/server/background/background");
  await (await startAgain(alone))();
});

test("pg-boss maintains its queue with a login that owns nothing", async () => {
  const owner = await ownedDatabase();
  const service = await makeLogin(owner.url);
  const database = await openWith({ DATABASE_URL: service.url, DATABASE_MIGRATION_URL: owner.url });
  const { prepareJobQueue, startJobQueue } = await import("@/server/background/job-queue");
  if (!database.owner) throw new Error("the owner's address is known");
  const done = Promise.withResolvers<void>();
  const queue: Queue = {
    name: "jobs",
    options: { policy: "standard" },
    everySeconds: 60,
    handle: async () => done.resolve(),
  };
  await prepareJobQueue(database.owner, database.grantee, [queue]);
  const lines = logged();
  const { sendScheduled, boss, stop } = await startJobQueue({ connectionString: service.url }, [queue]);
  try {
    await sendScheduled();
    await done.promise;
    await boss.supervise();
  } finally {
    await stop();
  }
  expect(lines).toEqual([]);
});

test("the start warns if the service connects as the owner, or as a role that may become it", async () => {
  const owner = await ownedDatabase("createrole");
  const lines = logged();
  await openWith({ DATABASE_URL: owner.url });
  const said = expect.stringMatching(/^the service connects as the owner of its tables/);
  expect(lines.splice(0)).toMatchObject([
    { level: "warn", msg: expect.stringMatching(/^triggers alone guard the audit log: /) },
    { level: "warn", msg: said },
  ]);

  const member = await makeLogin(owner.url);
  await query(owner.superuser, `grant ${owner.name} to ${member.name}`);
  await openWith({ DATABASE_URL: member.url, DATABASE_MIGRATION_URL: owner.url });
  expect(lines.splice(0).map(({ msg }) => msg)).toEqual([said]);

  const service = await makeLogin(owner.url);
  await openWith({ DATABASE_URL: service.url, DATABASE_MIGRATION_URL: owner.url });
  expect(lines.splice(0)).toEqual([]);
});

test("a login that is also the owner keeps its rights", async () => {
  const owner = await ownedDatabase();
  const mayChange = `select has_table_privilege('${owner.name}', 'audit_events', 'update') as may`;
  await openWith({ DATABASE_URL: owner.url, DATABASE_MIGRATION_URL: owner.url });
  expect(await query(owner.url, mayChange)).toEqual([{ may: true }]);
  await openWith({ DATABASE_URL: owner.url, DATABASE_MIGRATION_URL: owner.superuser });
  expect(await query(owner.url, mayChange)).toEqual([{ may: true }]);
});

test("a login that lacks a right on new tables, or on all, is refused with one line", async () => {
  const owner = await ownedDatabase();
  const service = await makeLogin(owner.url);
  const addresses = { DATABASE_URL: service.url, DATABASE_MIGRATION_URL: owner.url };
  await openWith(addresses);
  await query(owner.url, `revoke all on leases from ${service.name}; revoke insert on sessions from ${service.name}`);
  const alone = { DATABASE_URL: service.url, DATABASE_MIGRATION_URL: "" };
  const said = `DATABASE_URL's user "${service.name}" lacks rights, which a start with DATABASE_MIGRATION_URL grants: `;
  await expect(openWith(alone)).rejects.toMatchObject({
    problems: [`${said}select on leases, insert on leases, update on leases, delete on leases, insert on sessions.`],
  });
  await openWith(addresses);
  await openWith(alone);
});

test("a missing queue is reported with who creates it", async () => {
  const owner = await ownedDatabase();
  const service = await makeLogin(owner.url);
  // Like an operator's command, which creates no queue.
  await openWith({ DATABASE_URL: service.url, DATABASE_MIGRATION_URL: owner.url });
  const alone = await openWith({ DATABASE_URL: service.url, DATABASE_MIGRATION_URL: "" });
  const { startBackground } = await import("@/server/background/background");
  const refused = {
    problems: [
      expect.stringMatching(/^DATABASE_URL's user can't use the queue .* a start with the tables' owner's address/),
    ],
  };
  await expect(startBackground(alone)).rejects.toMatchObject(refused);

  // Another version's queues.
  const { prepareJobQueue } = await import("@/server/background/job-queue");
  await prepareJobQueue({ url: owner.url, setting: "DATABASE_URL" }, service.name, []);
  await expect(startBackground(alone)).rejects.toMatchObject(refused);
});

test("two addresses of different databases are refused with one line", async () => {
  const [one, other] = [await ownedDatabase(), await ownedDatabase()];
  await expect(openWith({ DATABASE_URL: one.url, DATABASE_MIGRATION_URL: other.url })).rejects.toMatchObject({
    problems: ["DATABASE_MIGRATION_URL and DATABASE_URL name different databases."],
  });
});
