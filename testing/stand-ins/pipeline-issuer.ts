import { exportJWK, generateKeyPair, type JWK, type JWTPayload, SignJWT } from "jose";
import { type Answer, type StandInOptions, startStandIn } from "./server";

export type PipelineIssuer = Awaited<ReturnType<typeof startPipelineIssuer>>;

/** Claims as GitLab's jobs have them (docs.gitlab.com, "OpenID Connect (OIDC) Authentication Using ID Tokens"). */
export const gitlabClaims = {
  namespace_id: "72",
  namespace_path: "vehicles",
  project_id: "20",
  project_path: "vehicles/bench",
  user_id: "1",
  user_login: "gale",
  user_email: "gale@example.com",
  pipeline_id: "574",
  pipeline_source: "push",
  job_id: "302",
  ref: "main",
  ref_type: "branch",
  ref_path: "refs/heads/main",
  ref_protected: "true",
  runner_id: 1,
  runner_environment: "self-hosted",
  sub: "project_path:vehicles/bench:ref_type:branch:ref:main",
};

/** Claims as GitHub's jobs have them (docs.github.com, "OpenID Connect reference"). */
export const githubClaims = {
  actor: "gale",
  actor_id: "12",
  base_ref: "",
  check_run_id: "9001",
  event_name: "push",
  head_ref: "",
  job_workflow_ref: "vehicles/bench/.github/workflows/test.yml@refs/heads/main",
  ref: "refs/heads/main",
  ref_protected: "true",
  ref_type: "branch",
  repository: "vehicles/bench",
  repository_id: "74",
  repository_owner: "vehicles",
  repository_owner_id: "65",
  run_id: "30433642",
  workflow: "test",
  sub: "repo:vehicles@65/bench@74:ref:refs/heads/main",
};

type Signing = { header?: Record<string, unknown>; secondsAgo?: number };

/** A key, and how it signs ID tokens. A claim that is undefined is left out. */
export async function createSigner(alg = "RS256", kid = "key-1") {
  const { privateKey, publicKey } = await generateKeyPair(alg, { extractable: true });
  const jwk: JWK = { ...(await exportJWK(publicKey)), kid, alg, use: "sig" };
  async function sign(claims: Record<string, unknown>, { header = {}, secondsAgo = 0 }: Signing = {}): Promise<string> {
    const now = Math.floor(Date.now() / 1000) - secondsAgo;
    const payload: JWTPayload = { jti: crypto.randomUUID(), iat: now, nbf: now - 5, exp: now + 300, ...claims };
    return new SignJWT(JSON.parse(JSON.stringify(payload)))
      .setProtectedHeader({ alg, kid, typ: "JWT", ...header })
      .sign(privateKey);
  }
  return { jwk, sign };
}

/** An issuer with a discovery document and a key set, which the test may replace. */
export async function startPipelineIssuer(options: StandInOptions = {}) {
  const signer = await createSigner();
  const state: { discovery: object; jwksPath: string; keys: JWK[]; answers: Map<string, Answer> } = {
    discovery: {},
    jwksPath: "/oauth/discovery/keys",
    keys: [signer.jwk],
    answers: new Map(),
  };
  const server = await startStandIn(({ path }) => {
    const other = state.answers.get(path);
    if (other) return other;
    if (path === "/.well-known/openid-configuration") {
      const document = { issuer: server.url, jwks_uri: `${server.url}${state.jwksPath}` };
      return { status: 200, body: { ...document, ...state.discovery } };
    }
    return path === state.jwksPath ? { status: 200, body: { keys: state.keys } } : { status: 404, body: {} };
  }, options);
  return { ...server, state, signer };
}
