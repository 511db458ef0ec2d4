import { z } from "zod";
import { type ProviderType, providerTypes } from "@/db/enums";
import type { TrustedPipeline } from "@/lib/trusted-pipelines/trusted-pipeline";

/** Without the keys, which may be large. */
export type ShownPipeline = Omit<TrustedPipeline, "publicKeys"> & { hasKeys: boolean };

/** A provider that the access token has a version control access for. */
export type KnownProvider = { providerType: ProviderType; providerUrl: string };

const fields = z.object({
  providerType: z.enum(providerTypes),
  providerUrl: z.string(),
  projectId: z.string(),
  ownerId: z.string().nullable().default(null),
  project: z.string(),
  ref: z.string().nullable().default(null),
  environment: z.string().nullable().default(null),
  protectedOnly: z.boolean().default(false),
  mergeRequests: z.boolean().default(false),
});

/** What the form of a trusted pipeline is filled in with. */
export type Filled = z.output<typeof fields>;

/** The fields that would allow a refused job. Undefined where its signature or its issuer did not fit. */
export function allowedBy(allows: Record<string, string | boolean | null> | null): Filled | undefined {
  return fields.safeParse(allows).data;
}

/** The dialog that is asked for. */
export type Asked = { for: "add"; from?: Filled } | { for: "remove"; pipeline: ShownPipeline };
