import { typeidUnboxed } from "typeid-js";

export type IdPrefix =
  | "org"
  | "grp"
  | "usr"
  | "mem"
  | "tok"
  | "aud"
  | "key"
  | "vca"
  | "run"
  | "rev"
  | "inv"
  | "ses"
  | "tpl"
  | "rex"
  | "ntf"
  | "whk"
  | "dlv"
  | "lkr"
  | "cal";

/** A TypeID: the prefix and a UUIDv7 in base32. Ids sort by creation time. */
export function newId(prefix: IdPrefix): string {
  return typeidUnboxed(prefix);
}

/** An id from a client. NUL, which PostgreSQL's text can't hold, makes it the empty id, which nothing has. */
export function givenId(text: string): string {
  return text.includes("\0") ? "" : text;
}
