import { expect, test } from "vitest";
import { isValidRouterState } from "./page-headers";

const part = (name: unknown, below?: unknown) => [name, below ? { children: below } : {}];
const nested = (depth: number) => `${'["",{"c":'.repeat(depth)}["",{}]${"}]".repeat(depth)}`;

test("the router state of our longest URL is accepted", () => {
  const parameter = (name: string) => [name, "grp_0123456789", "d", null];
  const names = ["__PAGE__", "edit", parameter("accessId"), "accesses", parameter("tokenId"), "access-tokens"];
  const shown = [...names, parameter("groupId"), "groups"].reduce<unknown>(
    (below, name) => part(name, below),
    undefined,
  );
  const state = JSON.stringify(["", { children: shown }, null, null, 16]);
  expect(isValidRouterState(encodeURIComponent(state))).toBe(true);
  expect(isValidRouterState(undefined)).toBe(true);
});

test.each(["", "x", "%ff", "null", "1", "[]", "{}", '["",{"c":[]}]', '["",{},1]', '["",{}], ["",{}]'])(
  "the router state %s is refused",
  (header) => expect(isValidRouterState(header)).toBe(false),
);

test("a router state that is nested deeper, or has more parts, than any URL's is refused", () => {
  expect(isValidRouterState(nested(40))).toBe(true);
  expect(isValidRouterState(nested(60))).toBe(false);
  expect(isValidRouterState(encodeURIComponent(nested(60)))).toBe(false);
  expect(isValidRouterState("[".repeat(15_000))).toBe(false);
  const wide = Array.from({ length: 60 }, (_, place) => `"${place}":["",{}]`);
  expect(isValidRouterState(`["",{${wide.join(",")}}]`)).toBe(false);
});
