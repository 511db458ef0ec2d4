import { z } from "zod";

/** A browser sends a checkbox that is checked as "on", and leaves out one that is not. */
export const checkbox = z
  .string()
  .optional()
  .transform((value) => value === "on");

/** JSON other than a text is at most 200 names of 255 characters, each with a revision. It costs more to parse. */
const longestList = 96 * 1024;

/** A field that holds JSON: a browser would send the line ends of a plain text as CR LF. */
export function jsonField<S extends z.ZodType>(schema: S) {
  return z
    .string()
    .transform((json, context): unknown => {
      try {
        if (json.startsWith('"') || json.length <= longestList) return JSON.parse(json);
      } catch {}
      context.addIssue({ code: "custom", message: "This form can’t be read." });
      return z.NEVER;
    })
    .pipe(schema);
}
