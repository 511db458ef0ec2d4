import { z } from "@hono/zod-openapi";
import { parameter } from "./query";

const limit = parameter
  .regex(/^([1-9]\d?|100)$/, "must be a whole number from 1 to 100")
  .transform(Number)
  .default(20)
  .openapi({
    type: "integer",
    minimum: 1,
    maximum: 100,
    default: 20,
    description: "How many items a page has at most",
  });

const cursor = parameter
  .min(1, "must not be empty")
  .optional()
  .openapi({ description: "Where the page begins: `next_cursor` of the page before, with the same other parameters" });

/** A list's query; a list with filters extends it. Strict: an unknown or repeated parameter is refused. */
export const pageQuery = z.strictObject({ limit, cursor });

/** The `content` of a createRoute response with a list. */
export function asPage<T extends z.ZodType>(item: T, example: z.output<T>) {
  return { "application/json": { schema: pageOf(item), example: { items: [example], next_cursor: null } } } as const;
}

type Page<T> = { items: T[]; nextCursor: string | null };

export function pageResource<T, R>({ items, nextCursor }: Page<T>, resource: (item: T) => R) {
  return { items: items.map(resource), next_cursor: nextCursor };
}

/** A short list, as a single page. */
export function onlyPage<T, R>(items: T[], resource: (item: T) => R) {
  return pageResource({ items, nextCursor: null }, resource);
}

function pageOf<T extends z.ZodType>(item: T) {
  const nextCursor = z.string().nullable().meta({ description: "Where the next page begins; `null` at the end" });
  return z.object({ items: z.array(item), next_cursor: nextCursor });
}
