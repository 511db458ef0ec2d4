import { z } from "zod";
import type { AccessToken } from "@/lib/access-tokens/access-token";
import { decodeCursor, encodeCursor, instantPlace, textPlace } from "@/lib/cursor";
import { type Sort, sortKeys } from "./sort";

const directions = ["next", "previous"] as const;
type Direction = (typeof directions)[number];

/**
 * Sort value and id of the row at a page's edge, and the direction from there. `asOf` is the instant that separates
 * expired tokens from others on every page of a list that shows expired ones last.
 */
export type Place = { value: string; id: string; direction: Direction; asOf?: string | undefined };

export function cursorAt(
  token: AccessToken | undefined,
  sort: Sort,
  direction: Direction,
  asOf?: string | undefined,
): string | null {
  if (!token) return null;
  const place = [sort, sortKeys[sort].valueOf(token), token.id, direction];
  return encodeCursor(asOf ? [...place, asOf] : place);
}

/** Throws `malformed` for an invalid cursor, or one of a list with another sort. */
export function placeOf(cursor: string, sort: Sort): Place {
  const value = sort.endsWith("name") ? textPlace : instant;
  const place = [z.literal(sort), value, textPlace, z.enum(directions)] as const;
  const shape = sort === "expires_at" ? z.tuple(place).or(z.tuple([...place, instantPlace])) : z.tuple(place);
  const [, from, id, direction, asOf] = decodeCursor(cursor, shape);
  return { value: from, id, direction, asOf };
}

const instant = z.union([z.literal("-infinity"), instantPlace]);
