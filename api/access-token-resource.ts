import { z } from "@hono/zod-openapi";
import { type AccessToken, statuses } from "@/lib/access-tokens/access-token";
import { instant, role } from "./schemas";

export const accessTokenSchema = z.object({
  id: z.string(),
  name: z.string(),
  status: z.enum(statuses),
  role,
  group_id: z.string().nullable(),
  organization_id: z.string(),
  technical_user: z.object({ id: z.string(), username: z.string() }),
  token_suffix: z.string(),
  created_by: z.object({ id: z.string(), name: z.string() }),
  created_at: instant,
  expires_at: instant,
  last_used_at: instant.nullable(),
  revoked_at: instant.nullable(),
});

export function accessTokenResource(token: AccessToken): z.output<typeof accessTokenSchema> {
  return {
    id: token.id,
    name: token.name,
    status: token.status,
    role: token.role,
    group_id: token.groupId,
    organization_id: token.organizationId,
    technical_user: { id: token.technicalUser.id, username: token.technicalUser.username },
    token_suffix: token.tokenSuffix,
    created_by: { id: token.createdBy.id, name: token.createdBy.name },
    created_at: token.createdAt.toISOString(),
    expires_at: token.expiresAt.toISOString(),
    last_used_at: token.lastUsedAt?.toISOString() ?? null,
    revoked_at: token.revokedAt?.toISOString() ?? null,
  };
}
