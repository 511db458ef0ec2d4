import { expect, test } from "vitest";
import { callbackPath, signInPath } from "./callback-path";

test.each([
  "/",
  "/groups",
  "/groups/grp_1/access-tokens?sort=-name&search=a%2Fb#row",
  "/%2F%2Fevil.example",
  "/groups?next=//evil.example",
])("%j is a path on this site", (path) => {
  expect(callbackPath(path)).toBe(path);
});

test.each([
  "//evil.example",
  "///evil.example",
  "/\\evil.example",
  "\\\\evil.example",
  "/\\/evil.example",
  "/\t/evil.example",
  "/\n/evil.example",
  "/.//evil.example",
  "/..//evil.example",
  "/a/..//evil.example",
  "/%2e//evil.example",
  "/./\\evil.example",
  "https:evil",
  "https://evil.example/groups",
  "http://localhost:3000/groups",
  "javascript:alert(1)",
  "data:text/html,x",
  "%2F%2Fevil.example",
  " //evil.example",
  "groups",
  "",
  "//",
  "//[",
  `/${"a".repeat(2000)}`,
  undefined,
  null,
  ["/groups"],
  42,
])("%j is replaced by the groups page", (value) => {
  expect(callbackPath(value)).toBe("/groups");
});

test("every result stays on the site, also when resolved again", () => {
  const parts = ["/", "\\", ".", "..", "%2e", "%2f", "%5c", "\t", "@", ":", "?", "#", "evil.example"];
  const values = parts.flatMap((a) => parts.flatMap((b) => parts.map((c) => `/${a}${b}${c}evil.example`)));
  for (const value of values) {
    expect(new URL(callbackPath(value), "https://tokens.example.com/sign-in").origin).toBe(
      "https://tokens.example.com",
    );
  }
});

test.each([
  ["/groups/grp_1?search=x", undefined, "/sign-in?callbackUrl=%2Fgroups%2Fgrp_1%3Fsearch%3Dx"],
  ["/groups/grp_1?search=x&_rsc=1a2b", undefined, "/sign-in?callbackUrl=%2Fgroups%2Fgrp_1%3Fsearch%3Dx"],
  ["/groups?_rsc=1a2b", undefined, "/sign-in?callbackUrl=%2Fgroups"],
  ["//evil.example", undefined, "/sign-in?callbackUrl=%2Fgroups"],
  [null, "email_unknown", "/sign-in?error=email_unknown&callbackUrl=%2Fgroups"],
])("the way back from %j with the error %j is %s", (path, error, expected) => {
  expect(signInPath(path, error)).toBe(expected);
});
