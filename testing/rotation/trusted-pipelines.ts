import { sql } from "drizzle-orm";
import { db } from "@/db/client";
import { accessTokenSecrets, trustedPipelines } from "@/db/schema";
import type { AccessToken } from "@/lib/access-tokens/access-token";
import { generateSecret, hashSecret } from "@/lib/access-tokens/secret";

type Trusting = Pick<AccessToken, "id" | "organizationId" | "createdBy">;

/** Lets the token trust a project's branch `main`, without the command; returns the trust's id. */
export async function trustPipeline({ id, organizationId, createdBy }: Trusting): Promise<string> {
  const [trust] = await db
    .insert(trustedPipelines)
    .values({
      organizationId,
      accessTokenId: id,
      providerType: "gitlab",
      providerUrl: "https://gitlab.example.com",
      issuer: "https://gitlab.example.com",
      projectId: "123",
      project: "hil/bench",
      ref: "refs/heads/main",
      protectedOnly: true,
      lifetimeMinutes: 15,
      createdById: createdBy.id,
    })
    .returning({ id: trustedPipelines.id });
  if (!trust) throw new Error("the trust was not inserted");
  return trust.id;
}

/** A pipeline secret of the token by this trust, as an exchange makes it. */
export async function pipelineSecret({ id, organizationId, createdBy }: Trusting, trust: string): Promise<string> {
  const secret = generateSecret("group");
  await db.insert(accessTokenSecrets).values({
    hash: hashSecret(secret),
    organizationId,
    accessTokenId: id,
    suffix: secret.slice(-4),
    createdById: createdBy.id,
    endsAt: sql`now() + interval '15 minutes'`,
    endsBy: "lifetime",
    trustedPipelineId: trust,
    job: { project: "hil/bench", ref: "main" },
  });
  return secret;
}
