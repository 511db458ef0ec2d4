import { Temporal } from "temporal-polyfill";

const rfc3339 = /^\d{4}-\d{2}-\d{2}T([01]\d|2[0-3]):[0-5]\d:[0-5]\d(\.\d{1,9})?(Z|[+-]([01]\d|2[0-3]):[0-5]\d)$/i;

/** Parses an RFC 3339 instant with an offset. Undefined for another format; throws RangeError for a wrong date. */
export function readInstant(text: string): Temporal.Instant | undefined {
  return rfc3339.test(text) ? Temporal.Instant.from(text.toUpperCase()) : undefined;
}
