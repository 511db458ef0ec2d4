import { once } from "node:events";
import { createServer } from "node:https";
import { exportJWK, generateKeyPair, SignJWT } from "jose";
import Provider from "oidc-provider";
import { afterEach, beforeAll, beforeEach, describe, expect, onTestFinished, test, vi } from "vitest";
import { z } from "zod";
import { publicAddress } from "@/lib/process/public-address";
import { createPipelineToken, pipelineSecretsOf, refusedOf } from "@/testing/pipelines/pipeline-scene";
import { addPipeline, trustPipeline } from "@/testing/pipelines/pipelines";
import { from } from "@/testing/refusals";
import {
  createSigner,
  githubClaims,
  gitlabClaims,
  type PipelineIssuer,
  startPipelineIssuer,
} from "@/testing/stand-ins/pipeline-issuer";
import { testAuthority, testCertificate } from "@/testing/stand-ins/server";
import { exchangeIdToken } from "./exchange";

const wellKnown = "/.well-known/openid-configuration";
let issuer: PipelineIssuer;

beforeAll(() => {
  // Must happen before the settings are read.
  vi.stubEnv("PROVIDER_ALLOWLIST", "127.0.0.1");
  vi.stubEnv("PROVIDER_CA_FILE", testAuthority);
});
beforeEach(async () => {
  issuer = await startPipelineIssuer({ tls: true, subPath: "/gitlab" });
});
afterEach(() => issuer.close());

async function scene() {
  const { url } = issuer;
  const made = await createPipelineToken();
  await trustPipeline(made.token, { providerUrl: url, issuer: url });
  const claims = { iss: url, aud: publicAddress(), ...gitlabClaims };
  const exchange = (subjectToken: string) => from(() => exchangeIdToken({ clientId: made.token.id, subjectToken }));
  return {
    ...made,
    claims,
    exchange,
    exchangeNew: async () => exchange(await issuer.signer.sign(claims)),
  };
}

const asked = () => issuer.requests.map(({ path }) => path);
const unavailable = { code: "unavailable" };

test("keys are found by discovery over https with the operator's authority, once for many jobs", async () => {
  const { exchangeNew, token } = await scene();
  const done = await Promise.all([exchangeNew(), exchangeNew(), exchangeNew()]);
  expect(done.every((one) => one?.secret.startsWith("vhj_"))).toBe(true);
  expect(await exchangeNew()).toBeDefined();
  expect(asked()).toEqual([`/gitlab${wellKnown}`, "/gitlab/oauth/discovery/keys"]);
  expect(await pipelineSecretsOf(token.id)).toBe(4);
});

test.each<[string, { ofOrganization?: boolean; providerType: "gitlab" | "github"; subPath: string; root: string }]>([
  ["GitLab, for a group's token", { providerType: "gitlab", subPath: "/git", root: "/git" }],
  ["GitLab, for an organization's token", { ofOrganization: true, providerType: "gitlab", subPath: "", root: "" }],
  ["GitHub Enterprise Server", { providerType: "github", subPath: "/ghes/_services/token", root: "/ghes" }],
])(
  "a trust that an admin adds finds the keys of %s",
  async (_what, { ofOrganization, providerType, subPath, root }) => {
    const own = await startPipelineIssuer({ tls: true, subPath });
    onTestFinished(own.close);
    const made = await createPipelineToken({ ofOrganization, admin: ofOrganization });
    const isGithub = providerType === "github";
    const usual = isGithub ? githubClaims : gitlabClaims;
    const trusted = await addPipeline(made.admin, made.token.id, {
      providerType,
      providerUrl: `${new URL(own.url).origin}${root}`,
      projectId: isGithub ? githubClaims.repository_id : gitlabClaims.project_id,
      ownerId: isGithub ? githubClaims.repository_owner_id : null,
      project: "vehicles/bench",
    });
    expect(trusted.issuer).toBe(own.url);
    const subjectToken = await own.signer.sign({ iss: own.url, aud: publicAddress(), ...usual });
    const done = await from(() => exchangeIdToken({ clientId: made.token.id, subjectToken }));
    expect(done?.secret).toMatch(/^vhj_/);
    expect(own.requests.map(({ path }) => path)).toEqual([`${subPath}${wellKnown}`, `${subPath}/oauth/discovery/keys`]);
  },
);

describe("at most two fetches at a time", () => {
  /** Exchanges whose keys the issuers hold back until one of them got no place. */
  async function oneIsRefused(issuers: PipelineIssuer[], exchanges: (() => Promise<unknown>)[]) {
    for (const one of issuers) one.failWith("answer_held");
    const all = exchanges.map((exchange) => exchange());
    const refused = await Promise.any(
      all.map((one) =>
        one.then(
          () => Promise.reject(new Error("passed")),
          (error) => error,
        ),
      ),
    );
    expect(refused).toMatchObject(unavailable);
    expect(issuers.flatMap(({ requests }) => requests)).toHaveLength(2);
    for (const one of issuers) one.failWith(undefined);
    await Promise.allSettled(all);
  }

  test("of an issuer, whatever the organization", async () => {
    const scenes = [await scene(), await scene(), await scene()];
    await oneIsRefused(
      [issuer],
      scenes.map(({ exchangeNew }) => exchangeNew),
    );
  });

  test("of an organization, whatever the issuer", async () => {
    const others = await Promise.all([1, 2].map(() => startPipelineIssuer({ tls: true })));
    onTestFinished(async () => void (await Promise.all(others.map(({ close }) => close()))));
    const issuers = [issuer, ...others];
    const { exchange, claims, ...made } = await scene();
    for (const { url } of others) await trustPipeline(made.token, { providerUrl: url, issuer: url });
    const exchanges = issuers.map(
      ({ signer, url }) =>
        async () =>
          exchange(await signer.sign({ ...claims, iss: url })),
    );
    await oneIsRefused(issuers, exchanges);
  });
});

test("keys of another organization are fetched on their own", async () => {
  const [one, other] = [await scene(), await scene()];
  expect([await one.exchangeNew(), await other.exchangeNew()].every(Boolean)).toBe(true);
  expect(asked()).toHaveLength(4);
});

test("rotated keys are fetched, and the old one is refused", async () => {
  const { exchangeNew, exchange, claims, token } = await scene();
  expect(await exchangeNew()).toBeDefined();
  const next = await createSigner("ES256", "key-2");
  issuer.state.keys = [next.jwk];
  // Not asked again within 30 seconds.
  expect(await exchange(await next.sign(claims))).toBeUndefined();
  expect(asked()).toHaveLength(2);
  expect((await refusedOf(token.id)).at(-1)?.reason).toContain("its issuer does not publish");
  const start = Date.now();
  vi.useFakeTimers({ toFake: ["Date"], now: start + 31_000 });
  try {
    const later = { secondsAgo: 31 };
    expect(await exchange(await next.sign(claims, later))).toBeDefined();
    expect(await exchange(await issuer.signer.sign(claims, later))).toBeUndefined();
  } finally {
    vi.useRealTimers();
  }
});

test.each([
  [20, true],
  [21, false],
])("of %i keys without an id the last is tried: %s", async (amount, isTried) => {
  const { exchange, claims } = await scene();
  const signers = await Promise.all(Array.from({ length: amount }, () => createSigner("ES256")));
  issuer.state.keys = signers.map(({ jwk: { kid, ...jwk } }) => jwk);
  const idToken = await signers.at(-1)?.sign(claims, { header: { kid: undefined } });
  expect((await exchange(idToken ?? "")) !== undefined).toBe(isTried);
});

describe("keys that can't be had are unavailable, and not asked for again at once", () => {
  const other = { status: 200, body: { keys: [] } };
  test.each<[string, (state: PipelineIssuer["state"]) => unknown]>([
    ["no discovery document", ({ answers }) => answers.set(wellKnown, { status: 404, body: {} })],
    ["another issuer's document", (state) => Object.assign(state.discovery, { issuer: "https://gitlab.com" })],
    ["an issuer with a slash more", (state) => Object.assign(state.discovery, { issuer: `${issuer.url}/` })],
    ["another host's keys", (state) => Object.assign(state.discovery, { jwks_uri: "https://127.0.0.2/keys" })],
    ["another port's keys", (state) => Object.assign(state.discovery, { jwks_uri: "https://127.0.0.1:9/keys" })],
    ["keys over http", (state) => Object.assign(state.discovery, { jwks_uri: issuer.url.replace("https:", "http:") })],
    ["keys in a file", (state) => Object.assign(state.discovery, { jwks_uri: "file:///etc/passwd" })],
    ["no address of keys", (state) => Object.assign(state.discovery, { jwks_uri: undefined })],
    [
      "a discovery document that redirects",
      ({ answers }) => answers.set(wellKnown, { status: 302, headers: { location: "/elsewhere" } }),
    ],
    [
      "keys that redirect",
      ({ answers }) => answers.set("/oauth/discovery/keys", { status: 307, headers: { location: "/elsewhere" } }),
    ],
    [
      "more than 256 kB of keys",
      ({ answers, keys }) =>
        answers.set("/oauth/discovery/keys", { status: 200, body: { keys, filler: "x".repeat(256 * 1024) } }),
    ],
    ["no list of keys", ({ answers }) => answers.set("/oauth/discovery/keys", { status: 200, body: { keys: "none" } })],
  ])("%s", async (_what, change) => {
    const { exchangeNew, token } = await scene();
    issuer.state.answers.set("/elsewhere", other);
    change(issuer.state);
    await expect(exchangeNew()).rejects.toMatchObject(unavailable);
    const before = asked();
    expect(before).not.toContain("/gitlab/elsewhere");
    await expect(exchangeNew()).rejects.toMatchObject(unavailable);
    expect(asked()).toEqual(before);
    expect(await pipelineSecretsOf(token.id)).toBe(0);
    const reasons = (await refusedOf(token.id)).map(({ reason }) => reason);
    expect(reasons).toEqual([expect.stringMatching(/^The issuer's keys can't be had\. .+\.$/)]);
  });

  test.each(["slow", "huge", "error", "html"] as const)("an issuer whose answers are %s", async (fault) => {
    const { exchangeNew } = await scene();
    issuer.failWith(fault);
    await expect(exchangeNew()).rejects.toMatchObject(unavailable);
  });
});

test("no keys are fetched for an issuer that no trust of the token has", async () => {
  const { exchange, claims } = await scene();
  const other = await startPipelineIssuer();
  try {
    expect(await exchange(await other.signer.sign({ ...claims, iss: other.url }))).toBeUndefined();
    expect(await exchange(await issuer.signer.sign({ ...claims, iss: `${issuer.url}/` }))).toBeUndefined();
    expect([other.requests, issuer.requests]).toEqual([[], []]);
  } finally {
    await other.close();
  }
});

test("no keys are fetched where keys are pasted, nor for a header that is refused", async () => {
  const made = await createPipelineToken();
  const { url, signer } = issuer;
  await trustPipeline(made.token, { providerUrl: url, issuer: url, publicKeys: { keys: [{ ...signer.jwk }] } });
  const claims = { iss: url, aud: publicAddress(), ...gitlabClaims };
  const exchange = (subjectToken: string) => from(() => exchangeIdToken({ clientId: made.token.id, subjectToken }));
  expect(await exchange(await signer.sign(claims))).toBeDefined();
  expect(issuer.requests).toEqual([]);
  const { exchange: withFetched } = await scene();
  expect(await withFetched(await signer.sign(claims, { header: { jku: `${url}/keys` } }))).toBeUndefined();
  expect(issuer.requests).toEqual([]);
});

test("the keys of a real OpenID provider over https are found by its own discovery document", async () => {
  const { privateKey } = await generateKeyPair("RS256", { extractable: true });
  const jwk = { ...(await exportJWK(privateKey)), kid: "real", use: "sig", alg: "RS256" };
  const { key, cert } = testCertificate();
  const server = createServer({ key, cert });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  const url = `https://127.0.0.1:${z.object({ port: z.number() }).parse(server.address()).port}`;
  server.on("request", new Provider(url, { jwks: { keys: [jwk] }, cookies: { keys: ["a key for tests"] } }).callback());

  const made = await createPipelineToken();
  await trustPipeline(made.token, { providerUrl: url, issuer: url });
  const claims = { iss: url, aud: publicAddress(), ...gitlabClaims, iat: seconds(0), exp: seconds(300) };
  const subjectToken = await new SignJWT(claims).setProtectedHeader({ alg: "RS256", kid: "real" }).sign(privateKey);
  expect(await from(() => exchangeIdToken({ clientId: made.token.id, subjectToken }))).toMatchObject({
    expiresIn: 900,
  });
});

function seconds(fromNow: number): number {
  return Math.floor(Date.now() / 1000) + fromNow;
}
