import { z } from "@hono/zod-openapi";
import { exampleId } from "@/api/description/schemas";
import type { ExpectedRevisions } from "@/lib/errors";
import { unmetCondition } from "./query";

/** A row's revision as a strong entity tag. */
export function etagOf({ revision }: { revision: string }): string {
  return `"${revision}"`;
}

// RFC 9110, 8.8.3: a tag may contain commas, which also separate tags, so a list can't be split at them.
const tag = '(?:W/)?"[!#-~\\x80-\\xff]*"';
const field = new RegExp(`^(?:\\*|${tag}(?:[ \\t]*,[ \\t]*${tag})*)$`);

/** The `headers` of a createRoute response with one versioned resource. */
export function etagHeader(description: string, example: string) {
  return { ETag: { description, required: true, schema: { type: "string", pattern: '^"[^"]+"$' }, example } } as const;
}

const tokenExample = `"${exampleId.token}-3"`;

export const tokenEtag = etagHeader(
  "The token's version, for `If-Match`. A use of the token doesn't change it.",
  tokenExample,
);

/** Reads the versions in If-Match. Weak tags are dropped, since they never match (RFC 9110, 13.1.1). */
const ifMatch = z
  .string()
  .regex(field, "must be an entity tag in quotes, a list of them, or *")
  .transform((text): ExpectedRevisions => {
    if (text === "*") return undefined;
    const tags = text.match(new RegExp(tag, "g")) ?? [];
    return tags.filter((one) => one.startsWith('"')).map((one) => one.slice(1, -1));
  });

/** Whether If-None-Match names the entity tag, so that the answer is 304. Weak tags match too (RFC 9110, 13.1.2). */
export function isCurrent(ifNoneMatch: string | undefined, etag: string): boolean {
  if (ifNoneMatch?.trim() === "*") return true;
  const tags = ifNoneMatch?.match(new RegExp(tag, "g")) ?? [];
  return tags.some((one) => one.replace(/^W\//, "") === etag);
}

/** The `request.headers` of a createRoute that changes a versioned resource. */
export function ifMatchHeader(what: string, example: string) {
  return z.object({
    "if-match": ifMatch
      .openapi({
        description: `Change the ${what} only while it has this version (\`ETag\`), else answer 412 \`precondition_failed\``,
        param: { example },
      })
      .optional(),
  });
}

/**
 * The `request.headers` of a createRoute that changes something without versions. Only `*` can match there, and a
 * condition that doesn't match must not be ignored (RFC 9110, 13.1.1).
 */
export const noVersionIfMatch = z.object({
  "if-match": ifMatch
    .refine((versions) => versions === undefined, {
      params: unmetCondition,
      error: "What this changes has no versions: it is done without If-Match, or with If-Match: *.",
    })
    .openapi({
      description: "What this changes has no versions: all but `*` is answered 412 `precondition_failed`",
      param: { example: "*" },
    })
    .optional(),
});

export const tokenIfMatch = ifMatchHeader("token", tokenExample);
