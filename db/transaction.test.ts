import { eq, sql } from "drizzle-orm";
import type { PoolClient, QueryConfig } from "pg";
import { expect, test, vi } from "vitest";
import { db, pool, type Tx } from "./client";
import { organizations } from "./schema";
import { transaction } from "./transaction";

const rename = (tx: Tx, id: string) =>
  tx.update(organizations).set({ name: "renamed" }).where(eq(organizations.id, id));
const read = async (tx: Tx) => tx.execute(sql`select 1`);
const unsendable = {
  text: "select $1::text",
  values: [
    {
      toPostgres: () => {
        throw new Error("no");
      },
    },
  ],
};
const failing = { text: "select 1 / $1::int", values: [0] };

async function createOrganization(): Promise<{ id: string; name: string }> {
  const [organization] = await db.insert(organizations).values({ name: "Acme" }).returning();
  return organization ?? expect.fail();
}

async function nameOf(id: string): Promise<string | undefined> {
  const [row] = await db.select().from(organizations).where(eq(organizations.id, id));
  return row?.name;
}

test("commits the work together with its last query", async () => {
  const organization = await createOrganization();
  const { id } = organization;
  const last = { text: "update organizations set name = name || ' twice' where id = $1", values: [id] };
  const result = await transaction(read, async (tx) => {
    await rename(tx, id);
    expect(await nameOf(id)).toBe(organization.name);
    return { result: "done", last };
  });
  expect(result).toBe("done");
  expect(await nameOf(id)).toBe("renamed twice");
});

test.each<[string, (tx: Tx, id: string) => Promise<{ result: unknown; last?: QueryConfig }>]>([
  ["its last query fails", async (tx, id) => ({ result: await rename(tx, id), last: failing })],
  ["its work fails", async (tx, id) => ({ result: await rename(tx, id), last: await Promise.reject(new Error("no")) })],
  ["pg can't send its last query", async (tx, id) => ({ result: await rename(tx, id), last: unsendable })],
  [
    "another query has the name of its last one",
    async (tx, id) => {
      await tx.select().from(organizations).limit(1).prepare("taken").execute();
      return { result: await rename(tx, id), last: { name: "taken", text: "select 2" } };
    },
  ],
  [
    "a failed query was overlooked",
    async (tx, id) => {
      await rename(tx, id);
      return { result: await tx.execute(sql`select 1 / 0`).catch(() => {}) };
    },
  ],
])("keeps nothing where %s, and gives the connection back", async (_what, work) => {
  const organization = await createOrganization();
  const released = new Promise<PoolClient>((resolve) => pool.once("release", (_error, client) => resolve(client)));
  await expect(transaction(read, (tx) => work(tx, organization.id))).rejects.toThrow();
  expect(await nameOf(organization.id)).toBe(organization.name);
  const { rows } = await (await released).query("select pg_current_xact_id_if_assigned() as id");
  expect(rows).toEqual([{ id: null }]);
});

test("begins no work where begin is refused", async () => {
  pool.once("acquire", (client) => {
    const query = client.query.bind(client);
    vi.spyOn(client, "query").mockImplementationOnce(() => query("select 1 / 0"));
  });
  const work = vi.fn(async () => ({ result: "done" }));
  await expect(transaction(read, work)).rejects.toThrow("division by zero");
  expect(work).not.toHaveBeenCalled();
  expect(pool.totalCount - pool.idleCount).toBe(0);
});

test("what was given up while the last query waited is not done once the wait is over", async () => {
  const { id, name } = await createOrganization();
  const holder = await pool.connect();
  await holder.query("begin");
  await holder.query("lock table organizations in share mode");
  const last = { text: "update organizations set name = 'late' where id = $1", values: [id] };
  const given = pool.withPatience(200, () => transaction(read, async () => ({ result: "done", last })));
  await expect(given).rejects.toThrow();
  const waiting = async () =>
    (await holder.query("select 1 from pg_locks where relation = 'organizations'::regclass and not granted")).rowCount;
  await expect.poll(waiting, { timeout: 3000 }).toBe(0);
  await holder.query("commit");
  holder.release();
  expect(await nameOf(id)).toBe(name);
});

test("the pool is no transaction", () => {
  // @ts-expect-error: what is to run in a transaction would run outside of it.
  const tx: Tx = db;
  expect(tx).toBe(db);
});
