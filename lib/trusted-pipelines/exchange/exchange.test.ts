import { and, eq, like, sql } from "drizzle-orm";
import { beforeEach, describe, expect, test, vi } from "vitest";
import { db, pool } from "@/db/client";
import {
  accessTokenSecrets,
  accessTokens,
  rateLimits,
  refusedExchanges,
  spentIdTokens,
  trustedPipelines,
} from "@/db/schema";
import { authenticateAccessToken } from "@/lib/access-tokens/authenticate";
import { deleteAccessToken, reactivateAccessToken, revokeAccessToken } from "@/lib/access-tokens/change";
import { changeAccessTokens } from "@/lib/access-tokens/change-many";
import { deleteSecret } from "@/lib/access-tokens/rotation/delete-secret";
import { rotateAccessToken } from "@/lib/access-tokens/rotation/rotate";
import { hashSecret } from "@/lib/access-tokens/secret";
import { retireEndedSecrets } from "@/lib/access-tokens/secrets/retire";
import { actOnLeakReports } from "@/lib/leaks/act";
import { reportLeakedTokens } from "@/lib/leaks/report";
import { createLimiter } from "@/lib/limits/rate-limit";
import { networkOf } from "@/lib/network/ip-address";
import { processWide } from "@/lib/process/process-wide";
import { publicAddress } from "@/lib/process/public-address";
import { createToken, expire } from "@/testing/access-tokens";
import { eventsOn } from "@/testing/audit";
import {
  createPastedScene,
  createPipelineToken,
  pipelineSecretsOf,
  refusedOf,
} from "@/testing/pipelines/pipeline-scene";
import { trustPipeline } from "@/testing/pipelines/pipelines";
import { from, newAddress, recorded, refusalsIn } from "@/testing/refusals";
import { letEnd, secondsLeft } from "@/testing/rotation/rotations";
import { createSigner, githubClaims, gitlabClaims } from "@/testing/stand-ins/pipeline-issuer";
import { removeTrustedPipeline } from "../remove";
import { exchangeIdToken } from "./exchange";
import { forgetPipelineSecrets, forgetRefusedExchanges, forgetSpentIdTokens } from "./forget";

type Scene = Awaited<ReturnType<typeof createPastedScene>>;
let gitlab: Scene;
beforeEach(async () => {
  gitlab = await createPastedScene();
});

const exchange = ({ token }: { token: { id: string } }, subjectToken: string, address = newAddress()) =>
  from(() => exchangeIdToken({ clientId: token.id, subjectToken }), address);

async function issued(scene: Scene, claims: Record<string, unknown> = {}): Promise<string> {
  const done = await exchange(scene, await scene.idToken(claims));
  if (!done) throw new Error(`refused: ${JSON.stringify((await refusedOf(scene.token.id)).at(-1))}`);
  return done.secret;
}

const isGood = async (secret: string) => (await authenticateAccessToken(secret)) !== undefined;

describe("an exchange", () => {
  test("gives a secret with which the job acts as the token", async () => {
    const done = await exchange(gitlab, await gitlab.idToken());
    expect(done).toEqual({ secret: expect.stringMatching(/^vhj_[0-9A-Za-z]{49}$/), expiresIn: 900 });
    const found = await authenticateAccessToken(done?.secret ?? "");
    expect(found).toMatchObject({
      actor: { kind: "technical", userId: gitlab.token.technicalUser.id, isPipeline: true },
      token: { id: gitlab.token.id, role: gitlab.token.role, tokenSuffix: gitlab.token.tokenSuffix },
      authenticatedBy: {
        kind: "pipeline",
        trustedPipelineId: gitlab.trusted.id,
        job: {
          project: "vehicles/bench",
          ref: "refs/heads/main",
          job: "302",
          pipeline: "574",
          user: "gale",
        },
        endsAt: expect.any(Date),
      },
    });
    expect(await refusedOf(gitlab.token.id)).toEqual([]);
  });

  test("is recorded with project, ref and job, and as the trust's last use", async () => {
    const secret = await issued(gitlab);
    expect((await eventsOn(gitlab.token.id)).at(-1)).toMatchObject({
      action: "trusted_pipeline.exchanged",
      actorId: gitlab.token.technicalUser.id,
      detail: { project: "vehicles/bench", ref: "refs/heads/main", job: "302", token_suffix: secret.slice(-4) },
    });
    const [row] = await db.select().from(trustedPipelines).where(eq(trustedPipelines.id, gitlab.trusted.id));
    expect(row?.lastUsedAt).toBeInstanceOf(Date);
  });

  test.each([
    ["github.com", "https://github.com", "https://token.actions.githubusercontent.com"],
    ["ghe.com", "https://acme.ghe.com", "https://token.actions.acme.ghe.com"],
    ["GitHub Enterprise Server", "https://git.acme.example/ghes", "https://git.acme.example/ghes/_services/token"],
  ])("of a job of %s", async (_what, providerUrl, issuer) => {
    const github = await createPastedScene({ providerType: "github", providerUrl, issuer });
    const found = await authenticateAccessToken(await issued(github));
    expect(found?.authenticatedBy).toMatchObject({
      job: { project: "vehicles/bench", ref: "refs/heads/main", job: "9001", pipeline: "30433642", user: "gale" },
    });
  });

  test.each(["RS256", "ES256", "EdDSA"])("of an ID token that is signed with %s", async (alg) => {
    const scene = await createPastedScene({}, alg);
    expect(await isGood(await issued(scene))).toBe(true);
  });

  test("of an organization's token", async () => {
    const scene = await createPipelineToken({ ofOrganization: true, admin: true });
    const { jwk, sign } = await createSigner();
    const trusted = await trustPipeline(scene.token, { publicKeys: { keys: [{ ...jwk }] }, protectedOnly: false });
    const idToken = await sign({ iss: trusted.issuer, aud: publicAddress(), ...gitlabClaims });
    const found = await authenticateAccessToken((await exchange(scene, idToken))?.secret ?? "");
    expect(found?.token).toMatchObject({ id: scene.token.id, role: "organization_admin", groupId: null });
  });

  test("with pasted keys that have no ids tries each", async () => {
    const [one, other] = [await createSigner(), await createSigner()];
    const keys = [one, other].map(({ jwk: { kid, ...jwk } }) => ({ ...jwk }));
    const scene = await createPipelineToken();
    const trusted = await trustPipeline(scene.token, { publicKeys: { keys }, providerType: "github" });
    const idToken = await other.sign({ iss: trusted.issuer, aud: publicAddress(), ...githubClaims });
    expect(await exchange(scene, idToken)).toBeDefined();
  });

  test("takes the trust that means the job, whichever comes first", async () => {
    const wider = await trustPipeline(gitlab.token, {
      ...gitlab.trusted,
      id: undefined,
      ref: "refs/heads/feature-*",
      lifetimeMinutes: 5,
    });
    const done = await exchange(gitlab, await gitlab.idToken({ ref: "feature-1", ref_path: "refs/heads/feature-1" }));
    expect(done?.expiresIn).toBe(300);
    expect((await authenticateAccessToken(done?.secret ?? ""))?.authenticatedBy).toMatchObject({
      trustedPipelineId: wider.id,
    });
  });

  test("ends with its token's expiration at the latest", async () => {
    await db
      .update(accessTokens)
      .set({ expiresAt: sql`now() + interval '100 seconds'` })
      .where(eq(accessTokens.id, gitlab.token.id));
    const done = await exchange(gitlab, await gitlab.idToken());
    expect(done?.expiresIn).toBeGreaterThan(0);
    expect(done?.expiresIn).toBeLessThanOrEqual(100);
  });

  test("keeps no hidden characters and at most 200 of what the job says", async () => {
    const secret = await issued(gitlab, { project_path: `a\u202e\u0000${"b".repeat(500)}`, user_login: 7 });
    const found = await authenticateAccessToken(secret);
    if (found?.authenticatedBy.kind !== "pipeline") throw new Error("no pipeline secret");
    const { project, user } = found.authenticatedBy.job;
    expect(project).toMatch(/^a\uFFFD\uFFFDb+…$/);
    expect([...project]).toHaveLength(200);
    expect(user).toBeUndefined();
  });
});

const now = () => Math.floor(Date.now() / 1000);

describe("refused, and shown with its reason", () => {
  async function refusal(scene: Scene, idToken: string) {
    expect(await exchange(scene, idToken)).toBeUndefined();
    const rows = await refusedOf(scene.token.id);
    expect(rows).toHaveLength(1);
    expect(await pipelineSecretsOf(scene.token.id)).toBe(0);
    return rows[0];
  }

  test("a branch that is not meant, with what would allow it", async () => {
    const row = await refusal(gitlab, await gitlab.idToken({ ref: "next", ref_path: "refs/heads/next" }));
    expect(row).toMatchObject({
      job: { project: "vehicles/bench", ref: "refs/heads/next" },
      reason: null,
      differences: [{ claim: "ref", expected: "refs/heads/main", found: "next" }],
      allows: {
        providerType: "gitlab",
        providerUrl: gitlab.trusted.providerUrl,
        projectId: "20",
        ownerId: null,
        project: "vehicles/bench",
        ref: "refs/heads/next",
        environment: null,
        protectedOnly: true,
        mergeRequests: false,
      },
    });
    const [event] = await recorded(gitlab.group.id, "trusted_pipeline.refused", 1);
    expect(event).toMatchObject({
      actorId: gitlab.token.technicalUser.id,
      subjectId: gitlab.token.id,
      detail: { project: "vehicles/bench", ref: "refs/heads/next", job: "302", claims: "ref" },
    });
  });

  test("a fork's pull request, with what would allow pull requests", async () => {
    const scene = await createPastedScene({ providerType: "github" });
    const pull = { event_name: "pull_request", ref: "refs/pull/7/merge", base_ref: "main", head_ref: "main" };
    const row = await refusal(scene, await scene.idToken(pull));
    expect(row?.differences.map(({ claim }) => claim)).toEqual(["event_name", "ref"]);
    expect(row?.allows).toMatchObject({ projectId: "74", ownerId: "65", ref: "refs/heads/main", mergeRequests: true });
  });

  test("what would allow a job is not offered where the job would be refused again", async () => {
    const row = await refusal(gitlab, await gitlab.idToken({ project_id: "21", pipeline_source: undefined }));
    expect(row).toMatchObject({ differences: [{ claim: "pipeline_source" }], allows: null });
  });

  test("a child pipeline of a merge request, with what would allow it", async () => {
    const child = { pipeline_source: "parent_pipeline", ref: "feature", ref_path: "refs/merge-requests/7/head" };
    const row = await refusal(gitlab, await gitlab.idToken(child));
    expect(row?.allows).toMatchObject({ ref: "refs/heads/feature", mergeRequests: true });
    await trustPipeline(gitlab.token, { ...gitlab.trusted, ...row?.allows, id: undefined });
    expect(await exchange(gitlab, await gitlab.idToken(child))).toBeDefined();
  });

  test("what would allow a job is not offered where it could not be shown as it is", async () => {
    const row = await refusal(gitlab, await gitlab.idToken({ project_id: "21", project_path: "a\u202eb" }));
    expect(row).toMatchObject({ job: { project: "a\uFFFDb" }, allows: null });
  });

  test.each<[string, (scene: Scene) => Record<string, unknown>, string]>([
    ["an issuer with a slash more", ({ trusted }) => ({ iss: `${trusted.issuer}/` }), "iss"],
    ["another issuer", () => ({ iss: "https://gitlab.com" }), "iss"],
    ["no issuer", () => ({ iss: undefined }), "iss"],
  ])("%s: no job is attributed to it", async (_what, claims, claim) => {
    const row = await refusal(gitlab, await gitlab.idToken(claims(gitlab)));
    expect(row).toMatchObject({ job: null, allows: null, differences: [{ claim, expected: gitlab.trusted.issuer }] });
  });

  test.each<[string, Record<string, unknown>, string]>([
    ["another audience", { aud: "https://elsewhere.example.com" }, "aud"],
    ["an audience with a slash more", { aud: `${publicAddress()}/` }, "aud"],
    ["two audiences", { aud: [publicAddress(), "https://elsewhere.example.com"] }, "aud"],
    ["the audience twice", { aud: [publicAddress(), publicAddress()] }, "aud"],
    ["no audience", { aud: undefined }, "aud"],
    ["an audience that is no text", { aud: 7 }, "aud"],
    ["no expiration", { exp: undefined }, "exp"],
    ["no time of issue", { iat: undefined }, "iat"],
    ["an expiration that is no number", { exp: "soon" }, "exp"],
  ])("%s", async (_what, claims, claim) => {
    const row = await refusal(gitlab, await gitlab.idToken(claims));
    expect(row).toMatchObject({ job: { project: "vehicles/bench" }, allows: null });
    expect(row?.differences.map((one) => one.claim)).toEqual([claim]);
  });

  test("the audience may be the only one of a list", async () => {
    expect(await exchange(gitlab, await gitlab.idToken({ aud: [publicAddress()] }))).toBeDefined();
  });

  test("an ID token of another key of the same name, and one with an unknown key", async () => {
    const { sign } = await createSigner();
    const claims = { iss: gitlab.trusted.issuer, aud: publicAddress() };
    expect(await refusal(gitlab, await sign(claims))).toMatchObject({
      job: null,
      allows: null,
      reason: expect.stringContaining("signature"),
    });
    const scene = await createPastedScene();
    const row = await refusal(scene, await scene.idToken({}, { header: { kid: "another" } }));
    expect(row?.reason).toContain("is not among the pasted ones");
  });

  test.each<[string, (scene: Scene) => Promise<string>, string]>([
    ["a text", async () => "glpat-not-a-token", "not a signed JSON Web Token"],
    ["a huge one", async ({ idToken }) => idToken({ filler: "x".repeat(20_000) }), "at most 16 KiB"],
    ["one without a signature", unsigned, "signed by “none”"],
    ["one that is signed with the public key as a secret", signedWithPublicKey, "signed by “HS256”"],
    ["jku", ({ idToken }) => idToken({}, { header: { jku: "https://evil.example/keys" } }), "“jku”"],
    ["jwk", ({ idToken, jwk }) => idToken({}, { header: { jwk } }), "“jwk”"],
    ["x5u", ({ idToken }) => idToken({}, { header: { x5u: "https://evil.example/cert" } }), "“x5u”"],
    ["another type", ({ idToken }) => idToken({}, { header: { typ: "at+jwt" } }), "another type"],
    ["crit", withCrit, "“crit”"],
    ["RS384", async () => (await createPastedScene({}, "RS384")).idToken(), "signed by “RS384”"],
  ])("%s", async (_what, make, reason) => {
    const row = await refusal(gitlab, await make(gitlab));
    expect(row).toMatchObject({ job: null, allows: null, reason: expect.stringContaining(reason) });
  });

  test.each([
    ["revoked", (scene: Scene) => revokeAccessToken(scene.admin, scene.token.id)],
    ["expired", (scene: Scene) => expire(scene.token.id)],
  ])("a token that is %s", async (status, end) => {
    await end(gitlab);
    expect((await refusal(gitlab, await gitlab.idToken()))?.reason).toContain(status);
  });

  test("at most twenty are kept of a token, the latest, also of concurrent ones", async () => {
    const tokens = await Promise.all(Array.from({ length: 26 }, (_, n) => gitlab.idToken({ project_id: `${n}1` })));
    const exchanged = await Promise.all(tokens.map((idToken) => exchange(gitlab, idToken)));
    expect(exchanged.every((done) => done === undefined)).toBe(true);
    expect(await refusedOf(gitlab.token.id)).toHaveLength(20);
    await exchange(gitlab, await gitlab.idToken({ project_id: "999" }));
    const rows = await refusedOf(gitlab.token.id);
    expect(rows).toHaveLength(20);
    expect(rows.at(-1)?.differences[0]?.found).toBe("999");
  });

  test("an unknown token and one without trusts cost the same one query", async () => {
    const [idToken, scene] = [await gitlab.idToken(), await createPipelineToken()];
    const queriesFor = async (id: string) => {
      const query = vi.spyOn(pool, "query");
      try {
        expect(await exchange({ token: { id } }, idToken)).toBeUndefined();
        return query.mock.calls.map(([asked]) => JSON.stringify(asked));
      } finally {
        query.mockRestore();
      }
    };
    const known = await queriesFor(scene.token.id);
    expect(known).toHaveLength(1);
    expect(await queriesFor("tok_unknown")).toEqual(known);
  });

  test("nothing is kept of a token without trusts, nor of an unknown one", async () => {
    const idToken = await gitlab.idToken();
    const scene = await createPipelineToken();
    for (const id of [scene.token.id, "tok_unknown", "", "\0", "x".repeat(1000)]) {
      expect(await exchange({ token: { id } }, idToken)).toBeUndefined();
    }
    expect(await refusedOf(scene.token.id)).toEqual([]);
    const counting = [...processWide.everySecond].find(({ name }) => name.includes("exchanges:refused"));
    await expect(counting?.run()).resolves.toBeUndefined();
    expect(await db.$count(rateLimits, like(rateLimits.key, "exchanges:refused:tok_unknown %"))).toBeGreaterThan(0);
  });

  test("thirty in a minute from one network, whether the token is known or not, then none until they are over", async () => {
    for (const id of [gitlab.token.id, "tok_unknown"]) {
      const address = newAddress();
      for (let time = 0; time < 30; time++) expect(await exchange({ token: { id } }, "a", address)).toBeUndefined();
      const limited = exchange({ token: { id } }, "a", address);
      await expect(limited).rejects.toMatchObject({ code: "rate_limited", retryAfter: expect.any(Number) });
      expect(await exchange({ token: { id } }, "a")).toBeUndefined();
    }
    expect(await exchange(gitlab, await gitlab.idToken())).toBeDefined();
  });
});

test("thirty refused in a minute are those of all instances", async () => {
  const address = newAddress();
  const counting = [...processWide.everySecond].find(({ name }) => name.includes("exchanges:refused"));
  expect(await exchange(gitlab, "a", address)).toBeUndefined();
  // As if another instance had refused 28.
  await createLimiter("exchanges:refused", { points: 30, duration: 60 }).penalty(
    `${gitlab.token.id} ${networkOf(address)}`,
    28,
  );
  await counting?.run();
  expect(await exchange(gitlab, "a", address)).toBeUndefined();
  await expect(exchange(gitlab, "a", address)).rejects.toMatchObject({ code: "rate_limited" });
  expect(await refusedOf(gitlab.token.id)).toHaveLength(2);
});

test("six hundred succeed in a minute for a token, whatever the network, and then others go on", async () => {
  const idToken = await gitlab.idToken();
  expect(await exchange(gitlab, idToken)).toBeDefined();
  // As if another instance had let 598 pass.
  await createLimiter("exchanges", { points: 600, duration: 60 }).penalty(gitlab.token.id, 598);
  expect(await exchange(gitlab, idToken)).toBeDefined();
  for (let time = 0; time < 2; time++) {
    await expect(exchange(gitlab, idToken)).rejects.toMatchObject({
      code: "rate_limited",
      retryAfter: expect.any(Number),
    });
  }
  expect(await pipelineSecretsOf(gitlab.token.id)).toBe(2);
  const other = await createPastedScene();
  expect(await exchange(other, await other.idToken())).toBeDefined();
});

function part(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString("base64url");
}

async function unsigned({ idToken }: Scene): Promise<string> {
  return `${part({ alg: "none", typ: "JWT" })}.${(await idToken()).split(".")[1]}.`;
}

async function signedWithPublicKey({ idToken, jwk }: Scene): Promise<string> {
  const { createHmac, createPublicKey } = await import("node:crypto");
  const pem = createPublicKey({ key: { ...jwk }, format: "jwk" }).export({ type: "spki", format: "pem" });
  const content = `${part({ alg: "HS256", typ: "JWT", kid: jwk.kid ?? "" })}.${(await idToken()).split(".")[1]}`;
  return `${content}.${createHmac("sha256", pem).update(content).digest("base64url")}`;
}

/** The header is changed after the signature: it is refused before that is looked at. */
async function withCrit({ idToken }: Scene): Promise<string> {
  const [, ...rest] = (await idToken()).split(".");
  return [part({ alg: "RS256", kid: "key-1", crit: ["exp"] }), ...rest].join(".");
}

describe("clocks", () => {
  test.each([
    ["expired 29 seconds ago", () => ({ exp: now() - 29 }), true],
    ["expired 32 seconds ago", () => ({ exp: now() - 32 }), false],
    ["not valid for 28 seconds", () => ({ nbf: now() + 28 }), true],
    ["not valid for 32 seconds", () => ({ nbf: now() + 32 }), false],
    ["issued in 28 seconds", () => ({ iat: now() + 28 }), true],
    ["issued in 32 seconds", () => ({ iat: now() + 32 }), false],
    ["issued an hour and 28 seconds ago", () => ({ iat: now() - 3628 }), true],
    ["issued an hour and 32 seconds ago", () => ({ iat: now() - 3632 }), false],
  ])("an ID token that is %s: accepted %s", async (_what, claims, isAccepted) => {
    const done = await exchange(gitlab, await gitlab.idToken(claims()));
    expect(done !== undefined).toBe(isAccepted);
  });
});

describe("an ID token twice", () => {
  test("GitLab's is exchanged until it expires", async () => {
    const idToken = await gitlab.idToken();
    const both = [await exchange(gitlab, idToken), await exchange(gitlab, idToken)];
    expect(new Set(both.map((done) => done?.secret)).size).toBe(2);
  });

  test("GitHub's is exchanged once, also at the same time and for another token", async () => {
    const scene = await createPastedScene({ providerType: "github" });
    const other = await createToken(scene.admin, scene.scope);
    await trustPipeline(other, { ...scene.trusted, id: undefined, accessTokenId: other.id });
    const idToken = await scene.idToken();
    const all = [scene.token, other, scene.token, other].map((token) => exchange({ token }, idToken));
    expect((await Promise.all(all)).filter(Boolean)).toHaveLength(1);
    const reasons = [...(await refusedOf(scene.token.id)), ...(await refusedOf(other.id))].map(({ reason }) => reason);
    expect(reasons).toHaveLength(3);
    for (const reason of reasons) expect(reason).toContain("exchanged before");
  });

  test("one that is refused can be exchanged later", async () => {
    const scene = await createPastedScene({ providerType: "github" });
    const idToken = await scene.idToken();
    await revokeAccessToken(scene.admin, scene.token.id);
    expect(await exchange(scene, idToken)).toBeUndefined();
    await reactivateAccessToken(scene.admin, scene.token.id);
    expect(await exchange(scene, idToken)).toBeDefined();
  });
});

describe("a pipeline secret ends", () => {
  test("with its lifetime, without being recorded", async () => {
    const secret = await issued(gitlab);
    expect(await secondsLeft(secret)).toBeGreaterThan(800);
    await letEnd(secret);
    await retireEndedSecrets();
    expect(await from(() => authenticateAccessToken(secret))).toBeUndefined();
    expect(await isGood(gitlab.token.secret)).toBe(true);
    // Refusals are recorded in the background: one that is recorded comes after it.
    await revokeAccessToken(gitlab.admin, gitlab.token.id);
    await from(() => authenticateAccessToken(gitlab.token.secret));
    await recorded(gitlab.group.id, "access_token.refused", 1);
    expect(await refusalsIn(gitlab.group.id, "access_token.retired_secret_used")).toEqual([]);
    expect((await eventsOn(gitlab.token.id)).map(({ action }) => action)).not.toContain("access_token.secret_retired");
  });

  test("once the token rotates, no more than its own secrets do", async () => {
    const secret = await issued(gitlab);
    await rotateAccessToken(gitlab.admin, gitlab.token.id, { oldSecret: "now" });
    expect([await isGood(secret), await isGood(gitlab.token.secret)]).toEqual([true, false]);
  });

  test("with its trust, others' stay", async () => {
    const other = await trustPipeline(gitlab.token, { ...gitlab.trusted, id: undefined, ref: "refs/heads/next" });
    const secret = await issued(gitlab);
    const kept = await issued(gitlab, { ref: "next", ref_path: "refs/heads/next" });
    await db.delete(trustedPipelines).where(eq(trustedPipelines.id, gitlab.trusted.id));
    expect([await isGood(secret), await isGood(kept)]).toEqual([false, true]);
    expect(other.id).not.toBe(gitlab.trusted.id);
  });

  test.each<[string, (scene: Scene) => Promise<unknown>]>([
    ["revocation", ({ admin, token }) => revokeAccessToken(admin, token.id)],
    [
      "revocation with others",
      async ({ admin, scope, token }) => {
        const [row] = await db.select().from(accessTokens).where(eq(accessTokens.id, token.id));
        const { token: current } = (await authenticateAccessToken(token.secret)) ?? {};
        expect(row).toBeDefined();
        return changeAccessTokens(admin, scope, "revoke", [{ id: token.id, revision: current?.revision ?? "" }]);
      },
    ],
  ])("with its token's %s, for good", async (_what, revoke) => {
    const secret = await issued(gitlab);
    await revoke(gitlab);
    expect(await isGood(secret)).toBe(false);
    await reactivateAccessToken(gitlab.admin, gitlab.token.id);
    expect([await isGood(secret), await isGood(gitlab.token.secret)]).toEqual([false, true]);
    expect(await isGood(await issued(gitlab))).toBe(true);
  });

  test("with its revocation where the token has no secret of its own, and others come after its reactivation", async () => {
    const { admin, token } = gitlab;
    await deleteSecret(admin, token.id);
    const secret = await issued(gitlab);
    expect([await isGood(secret), await isGood(token.secret)]).toEqual([true, false]);
    await revokeAccessToken(admin, token.id);
    await reactivateAccessToken(admin, token.id);
    expect([await isGood(secret), await isGood(token.secret)]).toEqual([false, false]);
    expect(await isGood(await issued(gitlab))).toBe(true);
  });

  test("with the report that its token's secret leaked, until a rotation", async () => {
    const { admin, token } = gitlab;
    const secret = await issued(gitlab);
    await reportLeakedTokens({ tokens: [token.secret] });
    await actOnLeakReports();
    expect(await isGood(secret)).toBe(false);
    expect(await exchange(gitlab, await gitlab.idToken())).toBeUndefined();
    expect((await refusedOf(token.id)).at(-1)?.reason).toContain("revoked");
    await rotateAccessToken(admin, token.id, { oldSecret: "now" });
    expect(await isGood(secret)).toBe(false);
    expect(await isGood(await issued(gitlab))).toBe(true);
  });

  test("with its token's expiration, and its deletion", async () => {
    const secret = await issued(gitlab);
    await deleteAccessToken(gitlab.admin, gitlab.token.id);
    expect(await isGood(secret)).toBe(false);
    const scene = await createPastedScene();
    const another = await issued(scene);
    await expire(scene.token.id);
    expect(await isGood(another)).toBe(false);
  });
});

describe("races", () => {
  test("of exchanges and a revocation leave no good secret", async () => {
    const idToken = await gitlab.idToken();
    const exchanges = Array.from({ length: 10 }, () => exchange(gitlab, idToken));
    const [secrets] = await Promise.all([Promise.all(exchanges), revokeAccessToken(gitlab.admin, gitlab.token.id)]);
    for (const done of secrets) if (done) expect(await isGood(done.secret)).toBe(false);
    expect(await pipelineSecretsOf(gitlab.token.id)).toBe(0);
    await reactivateAccessToken(gitlab.admin, gitlab.token.id);
    for (const done of secrets) if (done) expect(await isGood(done.secret)).toBe(false);
  });

  test("of exchanges and the trust's removal leave no good secret", async () => {
    const idToken = await gitlab.idToken();
    const exchanges = Array.from({ length: 10 }, () => exchange(gitlab, idToken));
    const removal = removeTrustedPipeline(gitlab.admin, gitlab.token.id, gitlab.trusted.id);
    const [secrets] = await Promise.all([Promise.all(exchanges), removal]);
    for (const done of secrets) if (done) expect(await isGood(done.secret)).toBe(false);
    expect(await pipelineSecretsOf(gitlab.token.id)).toBe(0);
  });

  test("a thousand are live at most, also of concurrent exchanges", async () => {
    const secret = await issued(gitlab);
    const { rows } = await db.execute(sql`
      insert into access_token_secrets (hash, organization_id, access_token_id, suffix, created_by_id, ends_at, ends_by,
        trusted_pipeline_id, job)
      select sha256(convert_to(${gitlab.token.id} || n, 'UTF8')), organization_id, access_token_id, suffix, created_by_id,
        ends_at + interval '1 minute', ends_by, trusted_pipeline_id, job
      from access_token_secrets, generate_series(1, 996) as n where hash = ${hashSecret(secret)} returning 1`);
    expect(rows).toHaveLength(996);
    const idToken = await gitlab.idToken();
    const results = await Promise.allSettled(Array.from({ length: 6 }, () => exchange(gitlab, idToken)));
    const refused = results.filter((result) => result.status === "rejected");
    expect(refused).toHaveLength(3);
    for (const { reason } of refused)
      expect(reason).toMatchObject({ code: "rate_limited", retryAfter: expect.any(Number) });
    expect(await pipelineSecretsOf(gitlab.token.id)).toBe(1000);
    await letEnd(secret);
    expect(await exchange(gitlab, idToken)).toBeDefined();
  });
});

test("the background forgets what has ended, and nothing else", async () => {
  const [ended, live] = [await issued(gitlab), await issued(gitlab)];
  await letEnd(ended);
  while (await forgetPipelineSecrets(1));
  expect(await pipelineSecretsOf(gitlab.token.id)).toBe(1);
  expect([await isGood(live), await isGood(gitlab.token.secret)]).toEqual([true, true]);

  const [past, future] = [hashSecret("past"), hashSecret("future")];
  const at = (interval: string) => sql`now() + ${interval}::interval`;
  await db.insert(spentIdTokens).values([
    { hash: past, endsAt: at("-1 second") },
    { hash: future, endsAt: at("1 hour") },
  ]);
  while (await forgetSpentIdTokens(1));
  const spent = (hash: Buffer) => db.$count(spentIdTokens, eq(spentIdTokens.hash, hash));
  expect([await spent(past), await spent(future)]).toEqual([0, 1]);

  await exchange(gitlab, "a");
  await exchange(gitlab, "b");
  const [old] = await refusedOf(gitlab.token.id);
  await db
    .update(refusedExchanges)
    .set({ occurredAt: at("-91 days") })
    .where(and(eq(refusedExchanges.id, old?.id ?? "")));
  while (await forgetRefusedExchanges(1));
  expect(await refusedOf(gitlab.token.id)).toHaveLength(1);
  expect(await db.$count(accessTokenSecrets, eq(accessTokenSecrets.hash, hashSecret(live)))).toBe(1);
});
