import { typeidUnboxed } from "typeid-js";

export type IdPrefix = "org" | "grp" | "usr" | "mem" | "tok" | "aud" | "key" | "vca" | "run" | "rev" | "inv" | "ses";

/** A TypeID: the prefix and a UUIDv7 in base32, so that ids sort by the time they were made. */
export function newId(prefix: IdPrefix): string {
  return typeidUnboxed(prefix);
}

/** What someone gives as an id; one with NUL, which PostgreSQL's text can't hold, becomes one that nothing has. */
export function givenId(text: string): string {
  return text.includes("\0") ? "" : text;
}
