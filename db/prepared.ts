import type { Executor } from "./client";

type Preparable<P> = { prepare: (name: string) => P };

const known = new WeakMap<Executor, Map<string, unknown>>();

/**
 * A query that differs only in its placeholders. Drizzle builds it once per executor, and PostgreSQL plans it once per
 * connection, by its name. For a short query both cost more than running it.
 */
export function prepared<P>(executor: Executor, name: string, write: () => Preparable<P>): P {
  const queries = known.get(executor) ?? new Map<string, unknown>();
  known.set(executor, queries);
  const query = queries.get(name) ?? write().prepare(name);
  queries.set(name, query);
  // Safe: each name has one type, that of its `prepare`.
  return query as P;
}
