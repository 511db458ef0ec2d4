import { getTableName, is } from "drizzle-orm";
import { PgTable } from "drizzle-orm/pg-core";
import type { ClientBase } from "pg";
import * as schema from "../schema";

type EndSpan = (error?: unknown) => void;
/** Begins a span of the current one, if there is one. */
export type BeginSpan = (
  name: string,
  attributes: { "db.operation.name": string; "db.collection.name"?: string },
) => EndSpan | undefined;

const tables = new Set<string>(
  Object.values(schema)
    .filter((one) => is(one, PgTable))
    .map(getTableName),
);

/** Gives each query of the connection a span. It says the operation and the first of our tables, not the text. */
export function traceQueries(client: ClientBase, begin: BeginSpan): void {
  client.query = new Proxy(client.query, {
    apply(query, self, args: unknown[]) {
      const end = beginSpan(args[0], begin);
      if (!end) return Reflect.apply(query, self, args);
      const callback = args.at(-1);
      if (typeof callback === "function") {
        const ending = (error: unknown, ...results: unknown[]) => {
          end(error ?? undefined);
          Reflect.apply(callback, undefined, [error, ...results]);
        };
        return Reflect.apply(query, self, [...args.slice(0, -1), ending]);
      }
      const result: unknown = Reflect.apply(query, self, args);
      if (result instanceof Promise) result.then(() => end(), end);
      else end();
      return result;
    },
  });
}

function beginSpan(query: unknown, begin: BeginSpan): EndSpan | undefined {
  const text = typeof query === "string" ? query : textOf(query);
  const operation = /^\s*(select|insert|update|delete|with|begin|commit|rollback|savepoint|set|lock)\b/i
    .exec(text)?.[1]
    ?.toUpperCase();
  const table = text.match(/[a-z_]{4,}/g)?.find((word) => tables.has(word));
  const name = operation ?? "QUERY";
  if (!table) return begin(name, { "db.operation.name": name });
  return begin(`${name} ${table}`, { "db.operation.name": name, "db.collection.name": table });
}

function textOf(query: unknown): string {
  return typeof query === "object" && query && "text" in query && typeof query.text === "string" ? query.text : "";
}
