import { AsyncLocalStorage } from "node:async_hooks";
import { expect, onTestFinished, test } from "vitest";
import { DeadlinePool } from "./deadline-pool";

type Ended = { parent: string | undefined; name: string; attributes: object; failed: boolean };

const parents = new AsyncLocalStorage<string>();

/** A pool of one connection, with the spans of its queries. */
function startPool() {
  const ended: Ended[] = [];
  const pool = new DeadlinePool({
    connectionString: process.env.DATABASE_URL,
    max: 1,
    beginSpan: (name, attributes) => {
      const parent = parents.getStore();
      return (error) => void ended.push({ parent, name, attributes, failed: error !== undefined });
    },
  });
  onTestFinished(() => pool.end());
  return { pool, ended };
}

test("a query belongs to the work that asked for it, whoever hands it the connection", async () => {
  const { pool, ended } = startPool();
  const works = Array.from({ length: 6 }, (_, at) => `work ${at}`);
  const ask = async (work: string, at: number) => {
    if (at % 2 === 0) return pool.query("select pg_sleep(0.01)");
    const client = await pool.connect();
    try {
      await client.query("begin");
      return await client.query({ text: "select 1 from access_tokens where name = $1", values: [work] });
    } finally {
      client.release();
    }
  };
  await Promise.all(works.map((work, at) => parents.run(work, () => ask(work, at))));
  const namesOf = (work: string) => ended.filter(({ parent }) => parent === work).map(({ name }) => name);
  expect(works.map(namesOf)).toEqual(
    works.map((_, at) => (at % 2 === 0 ? ["SELECT"] : ["BEGIN", "SELECT access_tokens"])),
  );
});

test("a span says that its query failed, and nothing of the text", async () => {
  const { pool, ended } = startPool();
  await expect(pool.query("update access_tokens set name = 'hidden-word' where no_such_column")).rejects.toThrow();
  const client = await pool.connect();
  await expect(client.query("insert into nowhere values ('hidden-word')")).rejects.toThrow();
  client.release();
  expect(ended).toEqual([
    {
      parent: undefined,
      name: "UPDATE access_tokens",
      attributes: { "db.operation.name": "UPDATE", "db.collection.name": "access_tokens" },
      failed: true,
    },
    { parent: undefined, name: "INSERT", attributes: { "db.operation.name": "INSERT" }, failed: true },
  ]);
});
