import { z } from "@hono/zod-openapi";
import type { AccessToken } from "@/lib/access-tokens/access-token";
import { type ExpectedVersions, versionOf } from "@/lib/access-tokens/version";

/** The token's version as a strong entity tag. */
export function etagOf(token: AccessToken): string {
  return `"${versionOf(token)}"`;
}

// RFC 9110, 8.8.3: a tag may hold what separates tags.
const tag = '(?:W/)?"[!#-~\\x80-\\xff]*"';
const field = new RegExp(`^(?:\\*|${tag}(?:[ \\t]*,[ \\t]*${tag})*)$`);

/** What a createRoute takes as the `headers` of an answer that is one token. */
export const etagHeader = {
  ETag: {
    description: "The token's version, for `If-Match`. Its last use is no change of it.",
    required: true,
    schema: { type: "string", pattern: '^"[^"]+"$' },
    example: '"q1nW8f3kZtR5xY0bLd7mHA"',
  },
} as const;

/** Reads If-Match: the versions that it names. A weak tag is none of them, for it never matches (RFC 9110, 13.1.1). */
const ifMatch = z
  .string()
  .regex(field, "must be an entity tag in quotes, a list of them, or *")
  .transform((text): ExpectedVersions => {
    if (text === "*") return undefined;
    const tags = text.match(new RegExp(tag, "g")) ?? [];
    return tags.filter((one) => one.startsWith('"')).map((one) => one.slice(1, -1));
  });

/** What a route that changes a token takes as `request.headers`. */
export const ifMatchHeader = z.object({
  "if-match": ifMatch
    .openapi({
      description: "Change the token only while it has this version (`ETag`), else answer 412 `precondition_failed`",
      param: { example: etagHeader.ETag.example },
    })
    .optional(),
});
