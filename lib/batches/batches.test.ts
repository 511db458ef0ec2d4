import { AsyncLocalStorage } from "node:async_hooks";
import { setImmediate as nextTurn } from "node:timers/promises";
import { expect, test } from "vitest";
import { pool } from "@/db/client";
import { shareDatabaseAs, withDatabaseDeadline } from "@/lib/database-deadline";
import { createBatches } from "./batches";

const away = Object.assign(new Error("connect ECONNREFUSED"), { code: "ECONNREFUSED" });

/** Batches whose queries are answered by the test. The value of a key is the key in capitals, with the query's number. */
function startBatches() {
  const sent: string[][] = [];
  const answers: { reply: () => void; fail: (error: Error) => void }[] = [];
  const ask = createBatches<string>((keys) => {
    const number = sent.push(keys);
    const { promise, resolve, reject } = Promise.withResolvers<Map<string, string>>();
    const values = new Map(keys.map((key) => [key, `${key.toUpperCase()}${number}`]));
    answers.push({ reply: () => resolve(values), fail: reject });
    return promise;
  });
  const answer = (query: number) => answers[query] ?? expect.fail(`query ${query} was not sent`);
  return {
    sent,
    ask,
    reply: (query: number) => answer(query).reply(),
    fail: (query: number, error: Error) => answer(query).fail(error),
    /** Waits until that many queries were sent, and no more follow by themselves. */
    untilSent: async (count: number) => {
      await expect.poll(() => sent.length).toBe(count);
      for (let turn = 0; turn < 5; turn++) await nextTurn();
      expect(sent).toHaveLength(count);
    },
  };
}

test("requests that arrive together share a query, and a key is asked for once", async () => {
  const { sent, ask, reply, untilSent } = startBatches();
  const asked = Promise.all([ask("a"), ask("b"), ask("a")]);
  await untilSent(1);
  expect(sent).toEqual([["a", "b"]]);
  reply(0);
  expect(await asked).toEqual(["A1", "B1", "A1"]);
});

test("a request never joins a query that was sent before it, and at most two are under way", async () => {
  const { sent, ask, reply, untilSent } = startBatches();
  const first = ask("a");
  await untilSent(1);
  const second = ask("a");
  await untilSent(2);
  const waiting = [ask("a"), ask("b")];
  await untilSent(2);
  reply(1);
  expect(await second).toBe("A2");
  await untilSent(3);
  expect(sent).toEqual([["a"], ["a"], ["a", "b"]]);
  reply(2);
  expect(await Promise.all(waiting)).toEqual(["A3", "B3"]);
  reply(0);
  expect(await first).toBe("A1");
});

test("a query has at most two hundred keys", async () => {
  const { sent, ask, reply, untilSent } = startBatches();
  const asked = Array.from({ length: 450 }, (_, at) => ask(`key ${at}`));
  await untilSent(2);
  reply(0);
  await untilSent(3);
  expect(sent.map(({ length }) => length)).toEqual([200, 200, 50]);
  reply(1);
  reply(2);
  expect(await Promise.all(asked)).toEqual(asked.map((_, at) => `KEY ${at}${Math.floor(at / 200) + 1}`));
});

test("while the database is away, every request of the query gets the error, and the next query is sent", async () => {
  const { ask, reply, fail, untilSent } = startBatches();
  const asked = Promise.allSettled([ask("a"), ask("b"), ask("a")]);
  await untilSent(1);
  fail(0, away);
  expect(await asked).toEqual(Array(3).fill({ status: "rejected", reason: away }));
  const next = ask("a");
  await untilSent(2);
  reply(1);
  expect(await next).toBe("A2");
});

test("an unforeseen error reaches every request of its query, and later queries are sent", async () => {
  const odd = new Error("an error that is its own cause");
  odd.cause = odd;
  let queries = 0;
  const ask = createBatches<string>(async (keys) => {
    queries++;
    if (keys.includes("odd")) throw odd;
    return new Map(keys.map((key) => [key, key.toUpperCase()]));
  });
  // More queries than may be under way at once.
  for (let query = 1; query <= 3; query++) {
    const asked = await Promise.allSettled([ask("odd"), ask("a")]);
    expect(asked.map(({ status }) => status)).toEqual(["rejected", "rejected"]);
    expect(queries).toBe(query);
  }
  expect(await ask("a")).toBe("A");
});

test("a value that can't be read harms no other", async () => {
  const queries: string[][] = [];
  const unreadable = new Error("invalid page in block 7");
  const ask = createBatches<string>(async (keys) => {
    queries.push(keys);
    if (keys.includes("c")) throw unreadable;
    return new Map(keys.map((key) => [key, key.toUpperCase()]));
  });
  const asked = await Promise.allSettled(["a", "b", "c", "d", "unknown"].map((key) => ask(key)));
  expect(asked.map((one) => (one.status === "fulfilled" ? one.value : one.reason))).toEqual([
    "A",
    "B",
    unreadable,
    "D",
    "UNKNOWN",
  ]);
  expect(queries.flat().filter((key) => key === "d")).toHaveLength(2);
});

test("a request whose deadline ends leaves the others, and is not asked for any more", async () => {
  const { sent, ask, reply, untilSent } = startBatches();
  const [one, other] = [ask("one"), nextTurn().then(() => ask("other"))];
  await untilSent(2);
  const overdue = withDatabaseDeadline(() => ask("overdue"), 1);
  const patient = withDatabaseDeadline(() => ask("patient"), 60_000);
  await expect(overdue).rejects.toThrow("timeout exceeded when trying to connect");
  reply(0);
  await untilSent(3);
  expect(sent).toEqual([["one"], ["other"], ["patient"]]);
  reply(1);
  reply(2);
  expect(await Promise.all([one, other, patient])).toEqual(["ONE1", "OTHER2", "PATIENT3"]);
  // Neither end of a shared wait counts as a wait for a connection.
  expect(pool.use().waiting).toBe(0);
});

test("a query whose requests are all overdue is not sent, and later ones are", async () => {
  const { sent, ask, reply, untilSent } = startBatches();
  const [one, other] = [ask("one"), nextTurn().then(() => ask("other"))];
  await untilSent(2);
  const overdue = withDatabaseDeadline(() => ask("overdue"), 1);
  await expect(overdue).rejects.toThrow("timeout exceeded when trying to connect");
  const { waiting } = pool.use();
  reply(0);
  reply(1);
  expect(await Promise.all([one, other])).toEqual(["ONE1", "OTHER2"]);
  const later = ask("later");
  await untilSent(3);
  reply(2);
  expect(await later).toBe("LATER3");
  expect(sent).toEqual([["one"], ["other"], ["later"]]);
  expect(waiting).toBe(0);
});

test("the deadline of a query's first request ends that request alone", async () => {
  const { sent, ask, reply, untilSent } = startBatches();
  const first = withDatabaseDeadline(() => ask("a"), 1);
  const overdue = expect(first).rejects.toThrow("timeout exceeded when trying to connect");
  const others = [ask("a"), withDatabaseDeadline(() => ask("b"), 60_000)];
  await untilSent(1);
  await overdue;
  reply(0);
  expect(await Promise.all(others)).toEqual(["A1", "B1"]);
  expect(sent).toEqual([["a", "b"]]);
});

test("each request goes on in its own context, after an answer and after an error", async () => {
  const { ask, reply, fail, untilSent } = startBatches();
  const context = new AsyncLocalStorage<string>();
  const askAs = (name: string) =>
    context.run(name, async () => {
      const outcome = await ask("a").catch(() => "failed");
      return [outcome, context.getStore()];
    });
  const answered = Promise.all(["one", "two"].map(askAs));
  await untilSent(1);
  const failed = Promise.all(["three", "four"].map(askAs));
  await untilSent(2);
  // Sent by the end of another query.
  const later = Promise.all(["five", "six"].map(askAs));
  reply(0);
  await untilSent(3);
  fail(1, away);
  reply(2);
  expect([...(await answered), ...(await failed), ...(await later)]).toEqual([
    ["A1", "one"],
    ["A1", "two"],
    ["failed", "three"],
    ["failed", "four"],
    ["A3", "five"],
    ["A3", "six"],
  ]);
});

test("each query is sent in the context of its first request", async () => {
  const context = new AsyncLocalStorage<string>();
  const sentAs: (string | undefined)[] = [];
  const { promise: answered, resolve: answer } = Promise.withResolvers<void>();
  const ask = createBatches<string>(async () => {
    sentAs.push(context.getStore());
    await answered;
    return new Map();
  });
  const askAs = (...names: string[]) => Promise.all(names.map((name) => context.run(name, () => ask(name))));
  const first = askAs("one", "two");
  await expect.poll(() => sentAs.length).toBe(1);
  const second = askAs("three", "four");
  await expect.poll(() => sentAs.length).toBe(2);
  const sentByTheEndOfAnother = askAs("five", "six");
  answer();
  await Promise.all([first, second, sentByTheEndOfAnother]);
  expect(sentAs).toEqual(["one", "three", "five"]);
});

test("a query does not wait in the line of its first request's caller", async () => {
  // All connections but the reserve.
  const [first, ...held] = await Promise.all(Array.from({ length: 16 }, () => pool.connect()));
  const ended: string[] = [];
  let isSent = false;
  const ask = createBatches<string>(async (keys) => {
    isSent = true;
    await pool.query("select 1");
    ended.push("batch");
    return new Map(keys.map((key) => [key, key.toUpperCase()]));
  });
  const asked = withDatabaseDeadline(() => {
    shareDatabaseAs("flooding caller");
    const statements = Array.from({ length: 40 }, async () => {
      await pool.query("select 1");
      ended.push("flood");
    });
    return Promise.all([ask("a"), ask("b"), ...statements]);
  }, 30_000);
  try {
    await expect.poll(() => isSent).toBe(true);
    expect(ended).toEqual([]);
    first?.release();
    expect((await asked).slice(0, 2)).toEqual(["A", "B"]);
  } finally {
    for (const client of held) client.release();
  }
  expect(ended.indexOf("batch")).toBeLessThan(3);
});
