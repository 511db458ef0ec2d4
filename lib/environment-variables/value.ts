import { z } from "zod";
import { limits, valueTooLong } from "./limits";

/** Bytes in UTF-8, as counted by the limits and `size`. */
export function sizeOf(value: string): number {
  return Buffer.byteLength(value, "utf8");
}

/** Any text without NUL, which no environment can hold, up to 48 KiB in UTF-8. May be empty. */
export const variableValue = z
  .string({ error: "Give the value as text." })
  .refine((value) => sizeOf(value) <= limits.valueBytes, { error: valueTooLong, abort: true })
  .refine((value) => !value.includes("\0"), {
    error: "A value can't contain a NUL character: no environment can hold it.",
  })
  .refine((value) => value.isWellFormed(), {
    error: "The value contains half of a character (a lone surrogate), which can't be stored as text.",
  });
