import { TrieRouter } from "hono/router/trie-router";
import { expect, test } from "vitest";
import { LiteralRouter } from "./literal-router";

const routes = [
  ["ALL", "/*", "every"],
  ["GET", "/tokens/self", "self"],
  ["GET", "/tokens/:id", "one"],
  ["PATCH", "/tokens/:id", "change"],
  ["GET", "/tokens/:id/variables", "variables"],
] as const;

function routers() {
  const [literal, trie] = [new LiteralRouter<string>(), new TrieRouter<string>()];
  for (const [method, path, handler] of routes) for (const router of [literal, trie]) router.add(method, path, handler);
  return { literal, trie };
}

test("matches as the TrieRouter does, however often it is asked", () => {
  const { literal, trie } = routers();
  for (const path of ["/tokens/self", "/tokens/1", "/tokens/1/variables", "/tokens/self/variables", "/other"])
    for (const method of ["GET", "PATCH", "GET", "HEAD"])
      expect(literal.match(method, path), `${method} ${path}`).toEqual(trie.match(method, path));
});

test("a route that is added later is found", () => {
  const { literal } = routers();
  const handlers = () => literal.match("GET", "/tokens/self")[0].map(([handler]) => handler);
  expect(handlers()).toEqual(["every", "self", "one"]);
  literal.add("GET", "/tokens/*", "late");
  expect(handlers()).toEqual(["every", "self", "one", "late"]);
});
