import { z } from "@hono/zod-openapi";
import type { VersionControlAccess } from "@/lib/version-control/access";
import { addAccessInput } from "@/lib/version-control/add";
import { bodyOf } from "./body";
import { instant, providerType } from "./schemas";

export const addAccessBody = bodyOf(addAccessInput);

export const accessSchema = z.object({
  id: z.string(),
  provider_type: providerType,
  provider_url: z.string(),
  token_scope: z.enum(["project", "group"]),
  target_id: z.string(),
  token_suffix: z.string(),
  check: z.object({
    status: z.enum(["ok", "failed"]),
    code: z.string().nullable(),
    message: z.string().nullable(),
    checked_at: instant,
  }),
  token_expires_at: instant.nullable(),
  created_at: instant,
});

export function accessResource(access: VersionControlAccess): z.output<typeof accessSchema> {
  const { status, code, message, checkedAt } = access.check;
  return {
    id: access.id,
    provider_type: access.providerType,
    provider_url: access.providerUrl,
    token_scope: access.tokenScope,
    target_id: access.targetId,
    token_suffix: access.tokenSuffix,
    check: { status, code, message, checked_at: checkedAt.toISOString() },
    token_expires_at: access.tokenExpiresAt?.toISOString() ?? null,
    created_at: access.createdAt.toISOString(),
  };
}
