import { describe, expect, test } from "vitest";
import type { AccessToken } from "@/lib/access-tokens/access-token";
import { DomainError } from "@/lib/errors";
import { asCursor } from "@/testing/pages";
import { cursorAt, placeOf } from "./cursor";
import { type Sort, sorts } from "./sort";

const token: AccessToken = {
  id: "tok_1",
  name: "Straße 😀",
  description: "",
  status: "active",
  role: "group_user",
  groupId: "grp_1",
  organizationId: "org_1",
  technicalUser: { id: "usr_1", username: "strasse-abcdefgh" },
  tokenSuffix: "x9Qz",
  retiringSecret: null,
  createdBy: { id: "usr_2", name: "Ada" },
  createdAt: new Date("2026-11-24T10:00:00.001Z"),
  expiresAt: new Date("2027-11-24T10:00:00.002Z"),
  lastUsedAt: new Date("2026-11-24T11:00:00.003Z"),
  revokedAt: null,
  leakedAt: null,
  revision: "tok_1-1",
};

const values: Record<string, string> = {
  name: "strasse 😀",
  created_at: "2026-11-24T10:00:00.001Z",
  expires_at: "2027-11-24T10:00:00.002Z",
  last_used_at: "2026-11-24T11:00:00.003Z",
};

function isMalformed(cursor: string, sort: Sort): boolean {
  try {
    placeOf(cursor, sort);
    return false;
  } catch (error) {
    if (error instanceof DomainError) return error.code === "malformed";
    throw error;
  }
}

describe.each(sorts)("a cursor of the sort %s", (sort) => {
  test.each(["next", "previous"] as const)("keeps the value and id at the edge, and the direction %s", (direction) => {
    const cursor = cursorAt(token, sort, direction) ?? "";
    expect(cursor).toMatch(/^[\w-]+$/);
    expect(placeOf(cursor, sort)).toEqual({ value: values[sort.replace("-", "")], id: "tok_1", direction });
  });

  test("is invalid for another sort", () => {
    const cursor = cursorAt(token, sort, "next") ?? "";
    for (const other of sorts) expect(isMalformed(cursor, other), other).toBe(other !== sort);
  });
});

test("an empty page has no cursor", () => {
  expect(cursorAt(undefined, "name", "next")).toBeNull();
});

test("a token that was never used has a cursor", () => {
  const cursor = cursorAt({ ...token, lastUsedAt: null }, "last_used_at", "next") ?? "";
  expect(placeOf(cursor, "last_used_at").value).toBe("-infinity");
});

test("a cursor holds the longest allowed name", () => {
  for (const character of ["x", "😀", "ΐ", "ﷺ"]) {
    const cursor = cursorAt({ ...token, name: character.repeat(255) }, "name", "next") ?? "";
    expect(isMalformed(cursor, "name"), character).toBe(false);
  }
});

const wrong: [string, Sort, unknown][] = [
  ["nothing", "name", ""],
  ["a name with NUL", "name", ["name", "a\0b", "tok_1", "next"]],
  ["a name that is too long", "name", ["name", "x".repeat(2049), "tok_1", "next"]],
  ["an id with NUL", "name", ["name", "a", "\0", "next"]],
  ["a number for a name", "name", ["name", 1, "tok_1", "next"]],
  ["too little", "name", ["name", "a", "tok_1"]],
  ["too much", "name", ["name", "a", "tok_1", "next", 1]],
  ["an unknown direction", "name", ["name", "a", "tok_1", "__proto__"]],
  ["a word for an instant", "created_at", ["created_at", "today", "tok_1", "next"]],
  ["infinity", "created_at", ["created_at", "infinity", "tok_1", "next"]],
  ["the year 0", "created_at", ["created_at", "0000-12-31T00:00:00Z", "tok_1", "next"]],
  ["a day that isn't", "created_at", ["created_at", "2026-02-30T00:00:00Z", "tok_1", "next"]],
  ["an instant without a zone", "created_at", ["created_at", "2026-02-01T00:00:00", "tok_1", "next"]],
];
test.each(wrong)("a cursor with %s is malformed", (_what, sort, place) => {
  expect(isMalformed(asCursor(place), sort)).toBe(true);
});
