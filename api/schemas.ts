import { z } from "@hono/zod-openapi";
import { exampleId } from "./examples";

/** RFC 3339, in UTC. */
export const instant = z.iso.datetime();

export const role = z.enum(["organization_admin", "organization_user", "group_admin", "group_user"]);

export const providerType = z.enum(["gitlab", "github"]);

/** An opaque id. PostgreSQL can't hold NUL: an id with one becomes one that nothing has, unknown like any other. */
const id = z.string().transform((text) => (text.includes("\0") ? "" : text));

/** A path's parameter that is the id of this. */
export function idOf(what: string, example: string) {
  return id.openapi({ description: `The id of ${what}`, param: { example } });
}

export const tokenId = idOf("the access token", exampleId.token);

/** What a createRoute takes as the `content` of an answer. */
export function asJson<T extends z.ZodType>(schema: T, example: z.output<T>) {
  return { "application/json": { schema, example } } as const;
}

/** A list of tags, whose check is a regular expression with a flag, which a description can't hold. */
export function aboutTags(description: string) {
  return { description, type: "array" as const, items: { type: "string", minLength: 1, maxLength: 64 } };
}
