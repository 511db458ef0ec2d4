import { DatabaseError } from "pg";
import { expect, test } from "vitest";
import { isUnavailable } from "./unavailable";

function databaseError(code: string): DatabaseError {
  return Object.assign(new DatabaseError("refused", 7, "error"), { code });
}

function networkError(code: string): Error {
  return Object.assign(new Error(`connect ${code} 127.0.0.1:5432`), { code });
}

test.each([
  "08006",
  "28P01",
  "3D000",
  "53300",
  "57P01",
  "57P03",
  "57014",
  "25006",
  "25P03",
  "40001",
  "40P01",
  "55P03",
  "58030",
])("SQLSTATE %s means unavailable", (code) => {
  expect(isUnavailable(databaseError(code))).toBe(true);
});

test.each(["23505", "22021", "42P01", "57000"])("SQLSTATE %s does not mean unavailable", (code) => {
  expect(isUnavailable(databaseError(code))).toBe(false);
});

test.each([
  ["nobody listens", networkError("ECONNREFUSED")],
  ["nobody listens at any of the addresses", new AggregateError([networkError("ECONNREFUSED")])],
  ["the name has no address", networkError("ENOTFOUND")],
  ["the pool is exhausted", new Error("timeout exceeded when trying to connect")],
  ["the connection was cut", new Error("Connection terminated unexpectedly")],
  ["it was given up in a transaction", new Error("Client was closed and is not queryable")],
  ["Drizzle has wrapped it", new Error("Failed query: select 1", { cause: networkError("ECONNRESET") })],
])("%s means unavailable", (_what, error) => {
  expect(isUnavailable(error)).toBe(true);
});

test.each([
  ["a bug", new TypeError("undefined is not a function")],
  ["a missing file", networkError("ENOENT")],
  ["a wrapped constraint", new Error("Failed query", { cause: databaseError("23505") })],
  ["no error at all", "ECONNREFUSED"],
])("%s does not mean unavailable", (_what, error) => {
  expect(isUnavailable(error)).toBe(false);
});
