import { DatabaseError } from "pg";
import { expect, onTestFinished, test } from "vitest";
import { DeadlinePool } from "./deadline-pool";
import { bytesArray, bytesOf, textArray, textQuery } from "./text-query";

/** One connection, so that each query follows the one before on it. */
function onePool(): DeadlinePool {
  const pool = new DeadlinePool({ connectionString: process.env.DATABASE_URL, max: 1 });
  onTestFinished(() => pool.end());
  return pool;
}

test("values and rows are texts as PostgreSQL writes them, and the statement is prepared once", async () => {
  const pool = onePool();
  const text = "select $1::bytea, $2::text, $3::text is null, now() > '2000-01-01', 'ü, \"' from generate_series(1, 2)";
  const asked = () => pool.query(textQuery({ name: "texts", text }, ["\\x00ff", null, null]));
  const row = ["\\x00ff", null, "t", "t", 'ü, "'];
  expect((await asked()).rows).toEqual([row, row]);
  expect((await asked()).rows).toEqual([row, row]);
  const { rows } = await pool.query("select generic_plans + custom_plans as times from pg_prepared_statements");
  expect(rows).toEqual([{ times: "2" }]);
});

test("any texts are an array, and come back as they were", async () => {
  const texts = ["plain", "", "NULL", 'a "quote"', "\\\\x00\\\\", "{a,b}", " ü\n"];
  const { rows } = await onePool().query(
    textQuery({ name: "array", text: "select unnest($1::text[])" }, [textArray(texts)]),
  );
  expect(rows.flat()).toEqual(texts);
  expect(textArray([])).toBe("{}");
});

test.each([[[]], [[0, 255, 16]], [Array.from({ length: 20_000 }, (_, index) => index % 256)]])(
  "bytes are read from PostgreSQL's text of them",
  async (numbers) => {
    const bytes = Buffer.from(numbers);
    const text = "select $1::text::bytea";
    const { rows } = await onePool().query(textQuery({ name: "bytes", text }, [`\\x${bytes.toString("hex")}`]));
    expect(bytesOf(rows[0]?.[0])).toEqual(bytes);
  },
);

test("texts of bytes are an array, and come back as they were", async () => {
  const texts = ["\\x", "\\x00ff5c22", `\\x${"5c".repeat(32)}`];
  const { rows } = await onePool().query(
    textQuery({ name: "bytes array", text: "select unnest($1::bytea[])" }, [bytesArray(texts)]),
  );
  expect(rows.flat()).toEqual(texts);
});

test("no rows are an empty list", async () => {
  const { rows } = await onePool().query(textQuery({ name: "none", text: "select 1 where false" }, []));
  expect(rows).toEqual([]);
});

test("a statement that fails is an error of the database, and the same one can succeed afterwards", async () => {
  const pool = onePool();
  await expect(pool.query(textQuery({ name: "wrong", text: "select nowhere" }, []))).rejects.toThrow(DatabaseError);
  const divide = (by: string) => pool.query(textQuery({ name: "divide", text: "select 6 / $1::int" }, [by]));
  await expect(divide("0")).rejects.toThrow("division by zero");
  expect((await divide("2")).rows).toEqual([["3"]]);
});

test("a connection that ends within the statement is an error, and the next statement gets another one", async () => {
  const pool = onePool();
  const text = "select pg_terminate_backend(pg_backend_pid()), pg_sleep(5)";
  await expect(pool.query(textQuery({ name: "end", text }, []))).rejects.toThrow("terminat");
  expect((await pool.query(textQuery({ name: "next", text: "select 1" }, []))).rows).toEqual([["1"]]);
});
