import { describe, expect, test } from "vitest";
import { candidates, parseSearchList } from "./search-list";

describe("a resolv.conf", () => {
  test.each([
    ["", "vm", { domains: [], ndots: 1 }],
    ["nameserver 10.0.0.1", "vm.example.com", { domains: ["example.com"], ndots: 1 }],
    ["domain Example.com.\n", "vm", { domains: ["example.com"], ndots: 1 }],
    ["domain a.test\nsearch b.test c.test b.test # why", "vm", { domains: ["b.test", "c.test"], ndots: 1 }],
    ["search .\noptions timeout:1 ndots:5\r\n", "vm.example.com", { domains: [], ndots: 5 }],
    ["options ndots:99\n; search no.test", "vm", { domains: [], ndots: 15 }],
  ])("%j on %s", (text, machine, expected) => {
    expect(parseSearchList(text, machine)).toEqual(expected);
  });
});

test("a name with enough dots is tried unchanged first, any other name last", () => {
  const list = { domains: ["a.test", "b.test"], ndots: 1 };
  expect(candidates("gitlab", list)).toEqual(["gitlab.a.test", "gitlab.b.test", "gitlab"]);
  expect(candidates("git.lab", list)).toEqual(["git.lab", "git.lab.a.test", "git.lab.b.test"]);
  expect(candidates("git.lab.svc", { ...list, ndots: 5 }).at(-1)).toBe("git.lab.svc");
  expect(candidates("x".repeat(250), list)).toEqual(["x".repeat(250)]);
});
