import { z } from "@hono/zod-openapi";
import type { AccessToken } from "@/lib/access-tokens/access-token";
import { type ExpectedVersions, versionOf } from "@/lib/access-tokens/find";
import { unmetCondition } from "./query";

/** The token's version as a strong entity tag. */
export function etagOf(token: AccessToken): string {
  return `"${versionOf(token)}"`;
}

// RFC 9110, 8.8.3: a tag may hold what separates tags.
const tag = '(?:W/)?"[!#-~\\x80-\\xff]*"';
const field = new RegExp(`^(?:\\*|${tag}(?:[ \\t]*,[ \\t]*${tag})*)$`);

/** What a createRoute takes as the `headers` of an answer that is one resource with versions. */
export function etagHeader(description: string, example: string) {
  return { ETag: { description, required: true, schema: { type: "string", pattern: '^"[^"]+"$' }, example } } as const;
}

const tokenExample = '"q1nW8f3kZtR5xY0bLd7mHA"';

/** The version of a token, of which its last use is no part. */
export const tokenEtag = etagHeader(
  "The token's version, for `If-Match`. Its last use is no change of it.",
  tokenExample,
);

/** Reads If-Match: the versions that it names. A weak tag is none of them, for it never matches (RFC 9110, 13.1.1). */
const ifMatch = z
  .string()
  .regex(field, "must be an entity tag in quotes, a list of them, or *")
  .transform((text): ExpectedVersions => {
    if (text === "*") return undefined;
    const tags = text.match(new RegExp(tag, "g")) ?? [];
    return tags.filter((one) => one.startsWith('"')).map((one) => one.slice(1, -1));
  });

/** What a route that changes such a resource takes as `request.headers`. */
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
 * What a route that changes something without versions takes as `request.headers`. Only `*` is true of it, and a
 * condition that isn't must not be passed over (RFC 9110, 13.1.1).
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
