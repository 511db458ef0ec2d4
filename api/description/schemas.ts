import { z } from "@hono/zod-openapi";

/** Ids shared by the examples. */
export const exampleId = {
  organization: "org_01k4yq3n9tfrk8yqa6c5b2v7xj",
  group: "grp_01k4yq5e7ndf8x3m0a9r2t6wzb",
  person: "usr_01k4yq3n9tfrkb0w4h8s1m6p5d",
  technicalUser: "usr_01k4yq6d5rf0mg7z2e9j4t3vbn",
  token: "tok_01k4yq6d5rf0m8b2x7v3n9c1ts",
  access: "vca_01k4yq7s2pe5tvh9d6r0m3x8kw",
  pipeline: "tpl_01k4yq8c1rfj3t6w9b2m5x7zhn",
  event: "aud_01k4yqab8xf0e9r3w6k1t5m2zc",
  runner: "run_01k4yq9a4ceb2s1n7y5g6z0qhf",
} as const;

export const exampleInstant = {
  created: "2026-11-02T09:30:00.000Z",
  used: "2026-11-23T22:15:04.120Z",
  expires: "2027-02-01T00:00:00.000Z",
} as const;

/** RFC 3339, in UTC. */
export const instant = z.iso.datetime();

export const role = z.enum(["organization_admin", "organization_user", "group_admin", "group_user"]);

export const providerType = z.enum(["gitlab", "github"]);

/** An opaque id. PostgreSQL can't store NUL: an id with NUL becomes "", which is unknown like any other wrong id. */
const id = z.string().transform((text) => (text.includes("\0") ? "" : text));

export function idOf(what: string, example: string) {
  return id.openapi({ description: `The id of ${what}`, param: { example } });
}

export const tokenId = idOf("the access token", exampleId.token);

/** The `content` of a createRoute response. */
export function asJson<T extends z.ZodType>(schema: T, example: z.output<T>) {
  return { "application/json": { schema, example } } as const;
}

/** The schema of a list of tags. It is written out: OpenAPI can't express the flag of the check's regular expression. */
export function aboutTags(description: string) {
  return { description, type: "array" as const, items: { type: "string", minLength: 1, maxLength: 64 } };
}
