import { z } from "@hono/zod-openapi";
import { type AccessToken, statuses } from "@/lib/access-tokens/access-token";
import { asJson, exampleId, exampleInstant, instant, role } from "./description/schemas";
import { json } from "./http/answer";
import { etagOf, tokenEtag } from "./http/etag";

export const accessTokenSchema = z
  .object({
    id: z.string(),
    name: z.string(),
    description: z.string().meta({ description: "What the token is for, in one line; empty where nobody has said it" }),
    status: z.enum(statuses).meta({ description: "Derived from `expires_at`, `revoked_at` and now" }),
    role: role.meta({ description: "The role of its technical user, which is what the token may do" }),
    group_id: z.string().nullable().meta({ description: "The group that owns it; `null` for an organization's token" }),
    organization_id: z.string(),
    technical_user: z
      .object({ id: z.string(), username: z.string() })
      .meta({ description: "The account behind the token: the actor in the audit log" }),
    token_suffix: z.string().nullable().meta({
      description: "The last four characters of the current secret; `null` without one: only trusted pipelines use it",
    }),
    retiring_secret: z
      .object({
        token_suffix: z.string().meta({ description: "Its last four characters" }),
        ends_at: instant.meta({ description: "When it ends; the latest possible until the new secret is first used" }),
        last_used_at: instant.nullable().meta({ description: "Exact to a few minutes" }),
      })
      .nullable()
      .meta({ description: "The old secret of a rotation, while it is accepted beside the current one" }),
    created_by: z.object({ id: z.string(), name: z.string() }),
    created_at: instant,
    expires_at: instant,
    last_used_at: instant.nullable().meta({ description: "Exact to a few minutes" }),
    revoked_at: instant.nullable(),
  })
  .openapi("AccessToken", { description: "A credential for this API, owned by a group or by an organization" });

export const accessTokenExample = {
  id: exampleId.token,
  name: "nightly",
  description: "Nightly HIL regression on bench 07",
  status: "active",
  role: "group_admin",
  group_id: exampleId.group,
  organization_id: exampleId.organization,
  technical_user: { id: exampleId.technicalUser, username: "nightly-k3v9x2ma" },
  token_suffix: "x9Qz",
  retiring_secret: null,
  created_by: { id: exampleId.person, name: "Gale Admin" },
  created_at: exampleInstant.created,
  expires_at: exampleInstant.expires,
  last_used_at: exampleInstant.used,
  revoked_at: null,
} satisfies z.output<typeof accessTokenSchema>;

// Abbreviated: secret scanners would report a well-formed example as a leak.
export const exampleSecret = "vhg_…";

/** A token with a new secret. */
export const withSecretSchema = accessTokenSchema
  .extend({ token: z.string().meta({ description: "The secret, which is only returned this once" }) })
  .openapi("AccessTokenWithSecret");

const accessTokenContent = asJson(accessTokenSchema, accessTokenExample);

/** The response of a createRoute that returns one token and its version. */
export function accessTokenResponse(description: string) {
  return { description, headers: tokenEtag, content: accessTokenContent };
}

export function accessTokenResource(token: AccessToken): z.output<typeof accessTokenSchema> {
  return {
    id: token.id,
    name: token.name,
    description: token.description,
    status: token.status,
    role: token.role,
    group_id: token.groupId,
    organization_id: token.organizationId,
    technical_user: { id: token.technicalUser.id, username: token.technicalUser.username },
    token_suffix: token.tokenSuffix,
    retiring_secret: retiringSecretResource(token.retiringSecret),
    created_by: { id: token.createdBy.id, name: token.createdBy.name },
    created_at: token.createdAt.toISOString(),
    expires_at: token.expiresAt.toISOString(),
    last_used_at: token.lastUsedAt?.toISOString() ?? null,
    revoked_at: token.revokedAt?.toISOString() ?? null,
  };
}

function retiringSecretResource(secret: AccessToken["retiringSecret"]) {
  if (!secret) return null;
  const { tokenSuffix, endsAt, lastUsedAt } = secret;
  return {
    token_suffix: tokenSuffix,
    ends_at: endsAt.toISOString(),
    last_used_at: lastUsedAt?.toISOString() ?? null,
  };
}

export function accessTokenAnswer(token: AccessToken) {
  return json(accessTokenResource(token), { etag: etagOf(token) });
}
