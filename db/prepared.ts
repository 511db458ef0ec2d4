import type { Executor } from "./client";

type Preparable<P> = { prepare: (name: string) => P };

const known = new WeakMap<Executor, Map<string, unknown>>();

/**
 * A query that is always the same but for its placeholders. Drizzle writes it once for each executor, and PostgreSQL,
 * which knows it by its name, plans it once for each connection: for a short one both take longer than running it.
 */
export function prepared<P>(executor: Executor, name: string, write: () => Preparable<P>): P {
  const queries = known.get(executor) ?? new Map<string, unknown>();
  known.set(executor, queries);
  const query = queries.get(name) ?? write().prepare(name);
  queries.set(name, query);
  // By its name it is what `prepare` has made.
  return query as P;
}
