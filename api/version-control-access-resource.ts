import { z } from "@hono/zod-openapi";
import type { VersionControlAccess } from "@/lib/version-control/access";
import { addAccessInput } from "@/lib/version-control/add";
import { replaceTokenInput } from "@/lib/version-control/change";
import { editAccessInput } from "@/lib/version-control/edit";
import { aboutTags, asJson, exampleId, exampleInstant, instant, providerType } from "./description/schemas";
import { json } from "./http/answer";
import { bodyOf } from "./http/body";
import { etagHeader, etagOf, ifMatchHeader } from "./http/etag";

const ofCredential = {
  token: "The credential, which is never shown again. Use that of a group, a project or an app, not a person's",
  acceptPersonalToken: "Take a person's credential too: its runners end when that person leaves",
};

const ofRunners = {
  allowedTags: aboutTags(
    "The tags that runners may have; at most 50, case-sensitive. Empty for any. A runner that is requested without tags gets these",
  ),
  runUntagged:
    "GitLab only: whether a runner that is requested without tags runs jobs without tags. If so, anyone with the access token's secret can take every untagged job of the project or group",
};

export const addAccessBody = bodyOf("NewVersionControlAccess", addAccessInput, {
  providerType: "What answers at the provider URL",
  providerUrl: "The address of the GitLab or GitHub: https, a host and an optional sub-path",
  ...ofCredential,
  tokenScope: "Whether the credential is for a project (a repository at GitHub) or a group (an organization)",
  targetId: "At GitLab the project's or group's number or full path, at GitHub `owner/repo` or the organization",
  ...ofRunners,
  allowedTags: { ...ofRunners.allowedTags, default: [] },
});

export const editAccessBody = bodyOf("VersionControlAccessChange", editAccessInput, ofRunners);

export const replaceTokenBody = bodyOf("VersionControlToken", replaceTokenInput, ofCredential);

export const accessSchema = z
  .object({
    id: z.string(),
    provider_type: providerType,
    provider_url: z.string(),
    token_scope: z.enum(["project", "group"]),
    target_id: z.string(),
    allowed_tags: z.array(z.string()).meta({ description: "The tags that its runners may have; empty for any" }),
    run_untagged: z.boolean().meta({
      description: "Whether a runner that is requested without tags runs jobs without tags; always `false` at GitHub",
    }),
    token_suffix: z.string().meta({ description: "The credential's last four characters; empty for a short one" }),
    check: z.object({
      status: z.enum(["ok", "failed"]),
      code: z.string().nullable().meta({ description: "The reason of the failure, as the `code` of an error" }),
      message: z.string().nullable().meta({ description: "The same in a sentence for a person" }),
      checked_at: instant,
    }),
    token_expires_at: instant
      .nullable()
      .meta({ description: "When the credential itself expires, where that is known" }),
    created_at: instant,
  })
  .openapi("VersionControlAccess", {
    description: "A GitLab or GitHub credential stored with an access token; the credential itself is never returned",
  });

export const accessExample: z.output<typeof accessSchema> = {
  id: exampleId.access,
  provider_type: "gitlab",
  provider_url: "https://gitlab.com",
  token_scope: "project",
  target_id: "powertrain/firmware",
  allowed_tags: ["bench-7", "hil"],
  run_untagged: false,
  token_suffix: "x9Qz",
  check: { status: "ok", code: null, message: null, checked_at: exampleInstant.created },
  token_expires_at: exampleInstant.expires,
  created_at: exampleInstant.created,
};

export const newAccessExample = {
  provider_type: "gitlab",
  provider_url: "https://gitlab.com",
  token: "glpat-secret",
  token_scope: "project",
  target_id: "powertrain/firmware",
  allowed_tags: ["bench-7", "hil"],
};

const versionExample = `"${exampleId.access}-3"`;
const accessEtag = etagHeader("The access's version, for `If-Match`. Its check is no change of it.", versionExample);

export const accessIfMatch = ifMatchHeader("version control access", versionExample);

/** The response of a createRoute that returns one access and its version. */
export function accessResponse(description: string) {
  return { description, headers: accessEtag, content: asJson(accessSchema, accessExample) };
}

export function accessResource(access: VersionControlAccess): z.output<typeof accessSchema> {
  const { status, code, message, checkedAt } = access.check;
  return {
    id: access.id,
    provider_type: access.providerType,
    provider_url: access.providerUrl,
    token_scope: access.tokenScope,
    target_id: access.targetId,
    allowed_tags: access.allowedTags,
    run_untagged: access.runUntagged,
    token_suffix: access.tokenSuffix,
    check: { status, code, message, checked_at: checkedAt.toISOString() },
    token_expires_at: access.tokenExpiresAt?.toISOString() ?? null,
    created_at: access.createdAt.toISOString(),
  };
}

/** The headers of a response with one access. */
export function accessHeaders(access: VersionControlAccess): Record<string, string> {
  return { etag: etagOf(access) };
}

export function accessAnswer(access: VersionControlAccess) {
  return json(accessResource(access), accessHeaders(access));
}
