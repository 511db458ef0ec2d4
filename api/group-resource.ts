import { z } from "@hono/zod-openapi";
import type { Group, Member } from "@/lib/groups/queries";
import { instant, role } from "./schemas";

export const groupSchema = z.object({
  id: z.string(),
  name: z.string(),
  organization_id: z.string(),
  created_at: instant,
});

export function groupResource({ id, name, organizationId, createdAt }: Group): z.output<typeof groupSchema> {
  return { id, name, organization_id: organizationId, created_at: createdAt.toISOString() };
}

export const memberSchema = z.object({
  user: z.object({ id: z.string(), name: z.string() }),
  kind: z.enum(["person", "technical"]),
  role,
});

export function memberResource({ user, kind, role }: Member): z.output<typeof memberSchema> {
  return { user: { id: user.id, name: user.name }, kind, role };
}
