import { z } from "zod";
import { notRecognized } from "./provider-errors";

const yearTenThousand = Date.UTC(10_000, 0);

/** False for dates that PostgreSQL can't parse in JavaScript's format: year 0, or years of five digits. */
export function isStorable(date: Date): boolean {
  return date.getTime() >= 0 && date.getTime() < yearTenThousand;
}

export const number = z.int().positive();
export const printable = z.string().regex(/^[\x21-\x7e]{1,1024}$/);
export const moment = z.iso
  .datetime({ offset: true })
  .transform((text) => new Date(text))
  .refine(isStorable);
/** A date, whose time is ignored, as the start of that day. */
export const day = z
  .string()
  .transform((text) => text.slice(0, 10))
  .pipe(z.iso.date())
  .transform((text) => new Date(`${text}T00:00:00Z`))
  .refine(isStorable);

/** Parses the used fields of a provider's untrusted response. Throws `provider_not_recognized` on a mismatch. */
export function shaped<T>(schema: z.ZodType<T>, answer: unknown, what: "a GitLab" | "a GitHub"): T {
  const read = schema.safeParse(answer);
  if (!read.success) throw notRecognized(what);
  return read.data;
}
