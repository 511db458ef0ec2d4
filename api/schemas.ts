import { z } from "@hono/zod-openapi";

/** RFC 3339, in UTC. */
export const instant = z.iso.datetime();

export const role = z.enum(["organization_admin", "organization_user", "group_admin", "group_user"]);

export const providerType = z.enum(["gitlab", "github"]);

/** An opaque id. PostgreSQL can't hold NUL: an id with one becomes one that nothing has, unknown like any other. */
export const id = z.string().transform((text) => (text.includes("\0") ? "" : text));
