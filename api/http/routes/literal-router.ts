import type { Result, Router } from "hono/router";
import { TrieRouter } from "hono/router/trie-router";

/**
 * Hono's TrieRouter, which searches for a path without parameters once for each method. RegExpRouter does not take a
 * literal beside a parameter, such as `/access-tokens/self` beside `/access-tokens/{id}`.
 */
export class LiteralRouter<T> implements Router<T> {
  readonly name = "LiteralRouter";
  private readonly all = new TrieRouter<T>();
  /** Bounded by the routes and the methods that Node reads. */
  private readonly found = new Map<string, Map<string, Result<T>>>();

  add(method: string, path: string, handler: T): void {
    this.all.add(method, path, handler);
    if (!/[:*]/.test(path)) this.found.set(path, new Map());
    // They may match the new route, too.
    for (const results of this.found.values()) results.clear();
  }

  match(method: string, path: string): Result<T> {
    const results = this.found.get(path);
    const known = results?.get(method);
    if (known) return known;
    const result = this.all.match(method, path);
    results?.set(method, result);
    return result;
  }
}
