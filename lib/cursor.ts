import type { z } from "zod";
import { DomainError } from "./errors";

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

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
