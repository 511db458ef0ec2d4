import { z } from "@hono/zod-openapi";
import { parameter } from "./query";

const limit = parameter
  .regex(/^([1-9]\d?|100)$/, "must be a whole number from 1 to 100")
  .transform(Number)
  .default(20);

/** The query of a list; a list with filters extends it. Strict: an unknown or repeated parameter is refused. */
export const pageQuery = z.strictObject({ limit, cursor: parameter.min(1, "must not be empty").optional() });

/** The answer of a list. */
export function pageOf<T extends z.ZodType>(item: T) {
  return z.object({ items: z.array(item), next_cursor: z.string().nullable() });
}

type Page<T> = { items: T[]; nextCursor: string | null };

export function pageResource<T, R>({ items, nextCursor }: Page<T>, resource: (item: T) => R) {
  return { items: items.map(resource), next_cursor: nextCursor };
}

/** A list that is never long, as the only page of it. */
export function onlyPage<T, R>(items: T[], resource: (item: T) => R) {
  return pageResource({ items, nextCursor: null }, resource);
}
