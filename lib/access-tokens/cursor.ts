import { z } from "zod";
import { decodeCursor, encodeCursor, instantPlace, textPlace } from "@/lib/cursor";
import type { AccessToken } from "./access-token";
import { type Sort, sortKeys } from "./sort";

const directions = ["next", "previous"] as const;
type Direction = (typeof directions)[number];

/** Sort value and id of the row at a page's edge, and the direction from there. */
export type Place = { value: string; id: string; direction: Direction };

export function cursorAt(token: AccessToken | undefined, sort: Sort, direction: Direction): string | null {
  return token ? encodeCursor([sort, sortKeys[sort].valueOf(token), token.id, direction]) : null;
}

/** Throws `malformed` for an invalid cursor, or one of a list with another sort. */
export function placeOf(cursor: string, sort: Sort): Place {
  const value = sort.endsWith("name") ? textPlace : instant;
  const [, from, id, direction] = decodeCursor(
    cursor,
    z.tuple([z.literal(sort), value, textPlace, z.enum(directions)]),
  );
  return { value: from, id, direction };
}

const instant = z.union([z.literal("-infinity"), instantPlace]);
