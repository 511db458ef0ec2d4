import { sql } from "drizzle-orm";
import { db } from "@/db/client";
import { accessTokenSecrets, trustedPipelines } from "@/db/schema";
import { hashSecret, randomBase62 } from "@/lib/access-tokens/secret";
import { actOnLeakReports } from "@/lib/leaks/act";
import { reportLeakedTokens } from "@/lib/leaks/report";
import type { TestToken } from "../access-tokens";

/** Reports the entries, and does what the background does with the report. */
export async function leak(...entries: unknown[]): Promise<void> {
  await reportLeakedTokens({ tokens: entries });
  await actOnLeakReports();
}

/** Inserts a secret of a trusted pipeline of the token, as an exchange makes it, without asking a provider. */
export async function insertPipelineSecret({ id, organizationId, createdBy }: TestToken): Promise<string> {
  const [pipeline] = await db
    .insert(trustedPipelines)
    .values({
      organizationId,
      accessTokenId: id,
      providerType: "gitlab",
      providerUrl: "https://gitlab.example",
      issuer: "https://gitlab.example",
      projectId: "7",
      project: "powertrain/bench",
      ref: "refs/heads/main",
      protectedOnly: true,
      lifetimeMinutes: 15,
      createdById: createdBy.id,
    })
    .returning({ id: trustedPipelines.id });
  const secret = `vhj_${randomBase62(49)}`;
  await db.insert(accessTokenSecrets).values({
    hash: hashSecret(secret),
    organizationId,
    accessTokenId: id,
    suffix: secret.slice(-4),
    createdById: createdBy.id,
    endsAt: sql`now() + interval '15 minutes'`,
    endsBy: "lifetime",
    trustedPipelineId: pipeline?.id,
    job: { project: "powertrain/bench", ref: "refs/heads/main", job: "nightly" },
  });
  return secret;
}
