import { z } from "zod";
import { decodeCursor, encodeCursor } from "@/lib/cursor";
import type { AccessToken } from "./access-token";
import { type Sort, sortKeys } from "./sort";

const directions = ["next", "previous"] as const;
type Direction = (typeof directions)[number];

/** The sort value and id of the row at a page's edge, and which way to go from there. */
export type Place = { value: string; id: string; direction: Direction };

export function cursorAt(token: AccessToken | undefined, sort: Sort, direction: Direction): string | null {
  return token ? encodeCursor([sort, sortKeys[sort].valueOf(token), token.id, direction]) : null;
}

/** Throws `malformed` where the cursor is none, or was made by a list with another sort. */
export function placeOf(cursor: string, sort: Sort): Place {
  const value = sort.endsWith("name") ? nameKey : instant;
  const [, from, id, direction] = decodeCursor(
    cursor,
    z.tuple([z.literal(sort), value, z.string().max(64).refine(hasNoNul), z.enum(directions)]),
  );
  return { value: from, id, direction };
}

const hasNoNul = (text: string) => !text.includes("\0");
const nameKey = z.string().max(2048).refine(hasNoNul);
const instant = z.union([z.literal("-infinity"), z.iso.datetime()]);
