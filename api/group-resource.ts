import { z } from "@hono/zod-openapi";
import type { Group, Member } from "@/lib/groups/queries";
import { exampleId, exampleInstant, instant, role } from "./description/schemas";

export const groupSchema = z
  .object({
    id: z.string(),
    name: z.string(),
    organization_id: z.string().meta({ description: "The organization that the group belongs to" }),
    created_at: instant,
  })
  .openapi("Group", { description: "Belongs to one organization; has members; owns resources" });

export const groupExample: z.output<typeof groupSchema> = {
  id: exampleId.group,
  name: "Powertrain",
  organization_id: exampleId.organization,
  created_at: exampleInstant.created,
};

export function groupResource({ id, name, organizationId, createdAt }: Group): z.output<typeof groupSchema> {
  return { id, name, organization_id: organizationId, created_at: createdAt.toISOString() };
}

export const memberSchema = z
  .object({
    user: z.object({ id: z.string(), name: z.string() }),
    kind: z.enum(["person", "technical"]).meta({ description: "A person, or the technical user of an access token" }),
    role,
  })
  .openapi("Member", { description: "A user in a group, with a role there" });

export const memberExample: z.output<typeof memberSchema> = {
  user: { id: exampleId.person, name: "Gale Admin" },
  kind: "person",
  role: "group_admin",
};

export function memberResource({ user, kind, role }: Member): z.output<typeof memberSchema> {
  return { user: { id: user.id, name: user.name }, kind, role };
}
