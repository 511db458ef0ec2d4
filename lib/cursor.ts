import { z } from "zod";
import { DomainError } from "./errors";

export type Page<T> = { items: T[]; nextCursor: string | null };

/** A place in a list, opaque to who carries it. Holds no secret and is trusted in nothing: it only says where to go on. */
export function encodeCursor(place: readonly string[]): string {
  return Buffer.from(JSON.stringify(place)).toString("base64url");
}

/** Throws `malformed` where the text is no cursor of this shape. */
export function decodeCursor<T>(text: string, shape: z.ZodType<T>): T {
  const place = shape.safeParse(parseJson(Buffer.from(text, "base64url").toString()));
  if (place.success) return place.data;
  throw new DomainError("malformed", "This cursor is not one that this list has answered.");
}

/** A page out of the rows found, which are one more than `limit` where the list goes on. */
export function pageOf<T>(found: T[], limit: number, placeOf: (last: T) => readonly string[]): Page<T> {
  const items = found.slice(0, limit);
  const last = items.at(-1);
  return { items, nextCursor: last && found.length > limit ? encodeCursor(placeOf(last)) : null };
}

/** A text and an instant in a cursor, such as PostgreSQL can read: no NUL, no year 0. */
export const textPlace = z
  .string()
  .max(2048)
  .refine((text) => !text.includes("\0"));
export const instantPlace = z.iso.datetime({ precision: 3 }).refine((instant) => instant >= "0001");

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
