import type { Executor } from "./client";

type Preparable<P> = { prepare: (name: string) => P };

const known = new WeakMap<Executor, Map<string, unknown>>();

/**
 * A query that is always the same but for its placeholders. Drizzle writes it once for each executor, and PostgreSQL,
 * which knows it by its name, plans it once for each connection: for a short one both take longer than running it.
 */
export function prepared<P>(executor: Executor, name: string, write: () => Preparable<P>): P {
  return remembered(executor, `prepared ${name}`, () => write().prepare(name));
}

/** The same for a query whose best plan depends on what it is given: PostgreSQL, not told a name, plans it each time. */
export function unnamed<P>(executor: Executor, name: string, write: () => Preparable<P>): P {
  return remembered(executor, `unnamed ${name}`, () => write().prepare(""));
}

function remembered<P>(executor: Executor, name: string, prepare: () => P): P {
  const queries = known.get(executor) ?? new Map<string, unknown>();
  known.set(executor, queries);
  const query = queries.get(name) ?? prepare();
  queries.set(name, query);
  // By its name it is what `prepare` has made.
  return query as P;
}
