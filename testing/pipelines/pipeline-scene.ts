import { asc, eq } from "drizzle-orm";
import { db } from "@/db/client";
import { accessTokenSecrets, refusedExchanges } from "@/db/schema";
import { publicAddress } from "@/lib/process/public-address";
import { createToken } from "../access-tokens";
import { createSigner, githubClaims, gitlabClaims } from "../stand-ins/pipeline-issuer";
import { createTenant } from "../tenant";
import { trustPipeline } from "./pipelines";

/** A group's token, and its admin. */
export async function createPipelineToken({ admin: isAdmin = false, ofOrganization = false } = {}) {
  const tenant = await createTenant();
  const admin = ofOrganization ? tenant.organizationAdmin : tenant.group.admin;
  const scope = ofOrganization ? tenant.organization.scope : tenant.group.scope;
  return { ...tenant, admin, scope, token: await createToken(admin, scope, { admin: isAdmin }) };
}

/** A token that trusts jobs whose ID tokens are signed with a pasted key, and how such a job's ID token is made. */
export async function createPastedScene(
  differs: Parameters<typeof trustPipeline>[1] = {},
  alg = "RS256",
  of: Parameters<typeof createPipelineToken>[0] = {},
) {
  const scene = await createPipelineToken(of);
  const { jwk, sign } = await createSigner(alg);
  const trusted = await trustPipeline(scene.token, { publicKeys: { keys: [{ ...jwk }] }, ...differs });
  const usual = trusted.providerType === "gitlab" ? gitlabClaims : githubClaims;
  return {
    ...scene,
    trusted,
    jwk,
    idToken: (claims: Record<string, unknown> = {}, signing?: Parameters<typeof sign>[1]) =>
      sign({ iss: trusted.issuer, aud: publicAddress(), ...usual, ...claims }, signing),
  };
}

export function refusedOf(tokenId: string) {
  return db
    .select()
    .from(refusedExchanges)
    .where(eq(refusedExchanges.accessTokenId, tokenId))
    .orderBy(asc(refusedExchanges.occurredAt), asc(refusedExchanges.id));
}

export function pipelineSecretsOf(tokenId: string): Promise<number> {
  return db.$count(accessTokenSecrets, eq(accessTokenSecrets.accessTokenId, tokenId)).then((all) => all - 1);
}
