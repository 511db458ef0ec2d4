import { typeidUnboxed } from "typeid-js";

export type IdPrefix = "org" | "grp" | "usr" | "mem" | "tok" | "aud";

/** A TypeID: the prefix and a UUIDv7 in base32, so that ids sort by the time they were made. */
export function newId(prefix: IdPrefix): string {
  return typeidUnboxed(prefix);
}
