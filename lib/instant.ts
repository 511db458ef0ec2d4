import { Temporal } from "temporal-polyfill";

const rfc3339 = /^\d{4}-\d{2}-\d{2}T([01]\d|2[0-3]):[0-5]\d:[0-5]\d(\.\d{1,9})?(Z|[+-]([01]\d|2[0-3]):[0-5]\d)$/i;

/** An RFC 3339 instant with an offset; undefined where the text isn't written like one. Throws RangeError for a day that isn't. */
export function readInstant(text: string): Temporal.Instant | undefined {
  return rfc3339.test(text) ? Temporal.Instant.from(text.toUpperCase()) : undefined;
}
