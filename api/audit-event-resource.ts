import { z } from "@hono/zod-openapi";
import type { AuditListItem } from "@/lib/audit-log/queries";
import { exampleId, exampleInstant, instant } from "./description/schemas";

const ofThen = z.string().meta({ description: "The name as it was then" });

export const auditEventSchema = z
  .object({
    id: z.string(),
    occurred_at: instant,
    organization_id: z.string(),
    group_id: z
      .string()
      .nullable()
      .meta({ description: "The group that it happened in; `null` for what happened in the organization itself" }),
    actor: z.object({
      id: z.string(),
      kind: z.enum(["person", "technical"]).meta({ description: "A person, or the technical user of an access token" }),
      name: ofThen,
      access_token: z
        .object({ id: z.string(), name: z.string().nullable() })
        .nullable()
        .meta({ description: "The technical user's token, by its name now or its last one; `null` for a person" }),
    }),
    action: z
      .string()
      .meta({ description: "What was done; events of earlier versions may have actions that the filter doesn't know" }),
    subject: z.object({ id: z.string(), name: ofThen }).meta({ description: "What it was done to" }),
    detail: z.record(z.string(), z.string().nullable()).meta({ description: "More about it, never a secret" }),
    channel: z.enum(["page", "api", "system"]),
    address: z.string().nullable().meta({ description: "The caller's IP address, where there was one" }),
  })
  .openapi("AuditEvent", {
    description: "What has happened; an event is never changed",
  });

export const auditEventExample: z.output<typeof auditEventSchema> = {
  id: exampleId.event,
  occurred_at: exampleInstant.used,
  organization_id: exampleId.organization,
  group_id: exampleId.group,
  actor: {
    id: exampleId.technicalUser,
    kind: "technical",
    name: "nightly-k3v9x2ma",
    access_token: { id: exampleId.token, name: "nightly" },
  },
  action: "version_control_access.removed",
  subject: { id: exampleId.token, name: "nightly" },
  detail: { provider_url: "https://gitlab.com" },
  channel: "api",
  address: "192.0.2.7",
};

export function auditEventResource(event: AuditListItem): z.output<typeof auditEventSchema> {
  const { actor, subject } = event;
  return {
    id: event.id,
    occurred_at: event.occurredAt.toISOString(),
    organization_id: event.organizationId,
    group_id: event.groupId,
    actor: { id: actor.id, kind: actor.kind, name: actor.name, access_token: actor.token },
    action: event.action,
    subject: { id: subject.id, name: subject.name },
    detail: event.detail,
    channel: event.channel,
    address: event.address,
  };
}
