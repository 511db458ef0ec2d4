import { expect, test } from "vitest";
import { logHref } from "./log-href";
import { readFilter, readLogState } from "./log-state";

const read = (query: Record<string, string | string[]>) => readLogState(Promise.resolve(query));

test("an address's filters are read, and what is unknown is left out", async () => {
  const whole = { actor: "usr_1", action: "member.added", token: "tok_1", from: "2026-11-01", zone: "Asia/Tokyo" };
  expect(await read({ ...whole, cursor: "x", other: "y" })).toEqual({ ...whole, to: undefined, cursor: "x" });
  const unknown: Record<string, string | string[]>[] = [
    { action: "x" },
    { from: "2026-02-30" },
    { actor: ["a", "b"] },
    { zone: "UTC" },
    { to: "" },
  ];
  for (const query of unknown) {
    expect(Object.values(await read(query)).filter(Boolean), JSON.stringify(query)).toEqual([]);
  }
});

test("an export takes all of its address, or none of it", () => {
  expect(readFilter({})).toEqual({});
  expect(readFilter({ token: "tok_1", to: "2026-11-24" })).toEqual({
    tokenId: "tok_1",
    to: new Date("2026-11-25T00:00:00Z"),
  });
  const refused: Record<string, string>[] = [
    { action: "x" },
    { from: "2026-02-30" },
    { from: "2026-11-24", zone: "x" },
    { user: "x" },
  ];
  for (const query of refused) expect(readFilter(query), JSON.stringify(query)).toBeUndefined();
});

test("an address changes some filters, begins at the first page, and names a zone for days alone", () => {
  const state = { actor: "usr_1", from: "2026-11-01", zone: "UTC", cursor: "x" };
  expect(logHref("/log", state, { token: "tok_1" })).toBe("/log?actor=usr_1&from=2026-11-01&zone=UTC&token=tok_1");
  expect(logHref("/log", state, { from: "" })).toBe("/log?actor=usr_1");
  expect(logHref("/log", { zone: "UTC" })).toBe("/log");
});
