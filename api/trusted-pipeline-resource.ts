import { z } from "@hono/zod-openapi";
import { addTrustedPipelineInput, type TrustedPipeline } from "@/lib/trusted-pipelines/trusted-pipeline";
import { exampleId, exampleInstant, instant, providerType } from "./description/schemas";
import { bodyOf } from "./http/body";

export const addPipelineBody = bodyOf("NewTrustedPipeline", addTrustedPipelineInput, {
  providerType: "What answers at the provider URL",
  providerUrl: "The address of the GitLab or GitHub: https, a host and an optional sub-path",
  projectId: "The project's number, GitLab's `project_id` or GitHub's `repository_id`, by which jobs are recognized",
  ownerId: "GitHub only, and needed there: the number of the repository's owner, `repository_owner_id`",
  project: "The project's path, `group/project` or `owner/repo`, for people. It is not compared",
  ref: "The branch as `refs/heads/…` or the tag as `refs/tags/…`, exact or with one `*`, which stands for anything but `/`; `null` for any, which needs an environment",
  environment: "The environment's name, compared exactly; `null` for any or none, which needs a ref",
  protectedOnly:
    "GitLab only: whether jobs of protected branches and tags alone are trusted. On unless it is turned off",
  mergeRequests: "Whether merge request pipelines, or pull request events, are trusted too",
  lifetimeMinutes: "How long a secret is good for, 5 to 60 minutes",
  publicKeys:
    "A JSON Web Key Set of at most 20 public keys (RSA, P-256 or Ed25519), for a provider that this server can't reach",
});

export const pipelineSchema = z
  .object({
    id: z.string(),
    provider_type: providerType,
    provider_url: z.string(),
    issuer: z.string().meta({ description: "The `iss` of its ID tokens, compared exactly" }),
    project_id: z.string(),
    owner_id: z.string().nullable().meta({ description: "Of GitHub; `null` for GitLab" }),
    project: z.string(),
    ref: z.string().nullable(),
    environment: z.string().nullable(),
    protected_only: z.boolean().meta({ description: "Always `false` for GitHub" }),
    merge_requests: z.boolean(),
    lifetime_minutes: z.int(),
    public_keys: z
      .object({ keys: z.array(z.record(z.string(), z.string())) })
      .nullable()
      .meta({ description: "The given keys; `null` if the issuer's published ones are used" }),
    created_by: z.object({ id: z.string(), name: z.string() }),
    created_at: instant,
    last_used_at: instant.nullable().meta({ description: "When an ID token was last exchanged by it" }),
  })
  .openapi("TrustedPipeline", {
    description: "Jobs of one project that may exchange their ID token for a short-lived secret of the access token",
  });

export const newPipelineExample = {
  provider_type: "gitlab",
  provider_url: "https://gitlab.com",
  project_id: "278964",
  project: "powertrain/firmware",
  ref: "refs/heads/main",
  environment: null,
  protected_only: true,
  merge_requests: false,
  lifetime_minutes: 15,
} as const;

export const pipelineExample: z.output<typeof pipelineSchema> = {
  ...newPipelineExample,
  id: exampleId.pipeline,
  issuer: "https://gitlab.com",
  owner_id: null,
  public_keys: null,
  created_by: { id: exampleId.person, name: "Ada Lovelace" },
  created_at: exampleInstant.created,
  last_used_at: exampleInstant.used,
};

export function pipelineResource(pipeline: TrustedPipeline): z.output<typeof pipelineSchema> {
  return {
    id: pipeline.id,
    provider_type: pipeline.providerType,
    provider_url: pipeline.providerUrl,
    issuer: pipeline.issuer,
    project_id: pipeline.projectId,
    owner_id: pipeline.ownerId,
    project: pipeline.project,
    ref: pipeline.ref,
    environment: pipeline.environment,
    protected_only: pipeline.protectedOnly,
    merge_requests: pipeline.mergeRequests,
    lifetime_minutes: pipeline.lifetimeMinutes,
    public_keys: pipeline.publicKeys && { keys: pipeline.publicKeys.keys.map(textsIn) },
    created_by: pipeline.createdBy,
    created_at: pipeline.createdAt.toISOString(),
    last_used_at: pipeline.lastUsedAt?.toISOString() ?? null,
  };
}

/** Members of a stored key, which are texts. */
function textsIn(key: Record<string, unknown>): Record<string, string> {
  return Object.fromEntries(Object.entries(key).map(([name, value]) => [name, String(value)]));
}
