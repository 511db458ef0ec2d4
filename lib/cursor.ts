import { z } from "zod";
import { DomainError } from "./errors";

export type Page<T> = { items: T[]; nextCursor: string | null };

/** Encodes a position in a list. Cursors are opaque to clients, hold no secret, and are not trusted. */
export function encodeCursor(place: readonly string[]): string {
  return Buffer.from(JSON.stringify(place)).toString("base64url");
}

/** Throws `malformed` if the text is not a cursor of this shape. */
export function decodeCursor<T>(text: string, shape: z.ZodType<T>): T {
  const place = shape.safeParse(parseJson(Buffer.from(text, "base64url").toString()));
  if (place.success) return place.data;
  throw foreignCursor();
}

export function foreignCursor(): DomainError {
  return new DomainError("malformed", "This cursor is not one that this list has answered.");
}

/** Makes a page from the rows found: `limit`, plus one if the list continues. */
export function pageOf<T>(found: T[], limit: number, placeOf: (last: T) => readonly string[]): Page<T> {
  const items = found.slice(0, limit);
  const last = items.at(-1);
  return { items, nextCursor: last && found.length > limit ? encodeCursor(placeOf(last)) : null };
}

/** A text and an instant in a cursor, limited to what PostgreSQL can read: no NUL, no year 0. */
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
