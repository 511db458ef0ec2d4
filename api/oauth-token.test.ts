import { beforeAll, beforeEach, describe, expect, test } from "vitest";
import { revokeAccessToken } from "@/lib/access-tokens/change";
import { setVariable } from "@/lib/environment-variables/change";
import { addAccess, addAccessInput } from "@/lib/version-control/add";
import { createToken } from "@/testing/access-tokens";
import { type Answer, ask, askAs } from "@/testing/api/ask";
import { serveApiWithContext } from "@/testing/api/server";
import { useProviders } from "@/testing/api/version-control";
import { logged } from "@/testing/logged";
import { createPastedScene, createPipelineToken, refusedOf } from "@/testing/pipelines/pipeline-scene";
import { gitlabToken } from "@/testing/stand-ins/gitlab-credentials";

const path = "/api/v2.0/oauth/token";
const grant = {
  grant_type: "urn:ietf:params:oauth:grant-type:token-exchange",
  subject_token_type: "urn:ietf:params:oauth:token-type:id_token",
};
const form = "application/x-www-form-urlencoded";
const self = "/api/v2.0/access-tokens/self";

const providers = useProviders();
let base: string;
beforeAll(async () => {
  base = await serveApiWithContext();
});

type Asking = { method?: string; headers?: Record<string, string>; path?: string };

function post(body: string, { method = "POST", headers = {}, path: asked = path }: Asking = {}): Promise<Answer> {
  return ask(base, asked, { method, headers: { "content-type": form, ...headers }, body });
}

function exchange(clientId: string, subjectToken: string, more: Record<string, string> = {}): Promise<Answer> {
  const given = { ...grant, client_id: clientId, subject_token: subjectToken, ...more };
  return post(new URLSearchParams(given).toString());
}

async function issued(scene: Awaited<ReturnType<typeof createPastedScene>>): Promise<string> {
  const { status, body } = await exchange(scene.token.id, await scene.idToken());
  expect(status).toBe(200);
  return String(body.access_token);
}

function expectRefused({ status, headers, body }: Answer, error = "invalid_request") {
  expect(status).toBe(400);
  expect(headers["content-type"]).toBe("application/json");
  expect([headers["cache-control"], headers.pragma]).toEqual(["no-store", "no-cache"]);
  expect(body).toEqual({ error, error_description: expect.any(String) });
}

describe("the answer", () => {
  let scene: Awaited<ReturnType<typeof createPastedScene>>;
  beforeEach(async () => {
    scene = await createPastedScene();
  });

  test("is RFC 6749's, and may not be cached", async () => {
    const { status, headers, body } = await exchange(scene.token.id, await scene.idToken());
    expect(status).toBe(200);
    expect(headers).toMatchObject({
      "content-type": "application/json",
      "cache-control": "no-store",
      pragma: "no-cache",
    });
    expect(body).toEqual({
      access_token: expect.stringMatching(/^vhj_[0-9A-Za-z]{49}$/),
      issued_token_type: "urn:ietf:params:oauth:token-type:access_token",
      token_type: "Bearer",
      expires_in: 900,
    });
  });

  test("takes the type jwt, the requested type, an empty and an unknown parameter, and no credential", async () => {
    const idToken = await scene.idToken();
    const jwt = {
      subject_token_type: "urn:ietf:params:oauth:token-type:jwt",
      scope: "api",
      requested_token_type: "",
      actor_token: "",
    };
    expect((await exchange(scene.token.id, idToken, jwt)).status).toBe(200);
    const asked = { requested_token_type: "urn:ietf:params:oauth:token-type:access_token" };
    expect((await exchange(scene.token.id, idToken, asked)).status).toBe(200);
    const body = new URLSearchParams({ ...grant, client_id: scene.token.id, subject_token: idToken }).toString();
    const headers = {
      "private-token": "bad",
      authorization: "Bearer worse",
      "content-type": `${form} ; charset=UTF-8`,
    };
    expect((await post(body, { headers })).status).toBe(200);
  });

  test("is one and the same for whatever does not fit", async () => {
    const withoutTrusts = await createPipelineToken();
    const revoked = await createPastedScene();
    await revokeAccessToken(revoked.admin, revoked.token.id);
    const answers = await Promise.all([
      exchange(scene.token.id, "nonsense"),
      exchange(scene.token.id, await scene.idToken({ project_id: "21" })),
      exchange(scene.token.id, await scene.idToken({ iss: "https://elsewhere.example.com" })),
      exchange(withoutTrusts.token.id, await scene.idToken()),
      exchange("tok_unknown", await scene.idToken()),
      exchange(revoked.token.id, await revoked.idToken()),
      exchange(scene.token.id, ""),
      exchange("", await scene.idToken()),
    ]);
    for (const answer of answers) expectRefused(answer);
    expect(new Set(answers.map(({ text }) => text)).size).toBe(1);
    const names = (answer: Answer) => Object.keys(answer.headers).sort().join();
    expect(new Set(answers.map(names)).size).toBe(1);
  });

  test("is unsupported_grant_type for another grant", async () => {
    for (const grantType of ["client_credentials", "urn:ietf:params:oauth:grant-type:jwt-bearer"]) {
      expectRefused(await exchange(scene.token.id, "a", { grant_type: grantType }), "unsupported_grant_type");
    }
  });

  test.each<[string, (all: [string, string][]) => [string, string][]]>([
    ["without a grant type", (all) => all.filter(([name]) => name !== "grant_type")],
    ["with an empty grant type", (all) => all.map(([name, value]) => [name, name === "grant_type" ? "" : value])],
    ["without a client", (all) => all.filter(([name]) => name !== "client_id")],
    ["without an ID token", (all) => all.filter(([name]) => name !== "subject_token")],
    ["without its type", (all) => all.filter(([name]) => name !== "subject_token_type")],
    ["with a grant type twice", (all) => [...all, ["grant_type", grant.grant_type]]],
    ["with a client twice", (all) => [...all, ["client_id", "tok_unknown"]]],
    ["with an ID token twice", (all) => [...all, ["subject_token", "a"]]],
    [
      "with another type",
      (all) => [...all.slice(0, -1), ["subject_token_type", "urn:ietf:params:oauth:token-type:saml2"]],
    ],
    ["with an actor", (all) => [...all, ["actor_token", "a"]]],
    ["for another kind of token", (all) => [...all, ["requested_token_type", "urn:ietf:params:oauth:token-type:jwt"]]],
    ["without anything", () => []],
  ])("a request %s is invalid_request", async (_what, change) => {
    const idToken = await scene.idToken();
    const { grant_type, subject_token_type } = grant;
    const all: [string, string][] = [
      ["grant_type", grant_type],
      ["client_id", scene.token.id],
      ["subject_token", idToken],
      ["subject_token_type", subject_token_type],
    ];
    expect((await post(new URLSearchParams(all).toString())).status).toBe(200);
    expectRefused(await post(new URLSearchParams(change(all)).toString()));
  });

  test("is invalid_request for parameters in the address", async () => {
    const query = new URLSearchParams({ ...grant, client_id: scene.token.id, subject_token: await scene.idToken() });
    expectRefused(await post(query.toString(), { path: `${path}?a=1` }));
  });

  test("is a problem for another type, method, size or format", async () => {
    const json = JSON.stringify({ ...grant, client_id: scene.token.id, subject_token: await scene.idToken() });
    for (const type of ["application/json", "multipart/form-data; boundary=a", "text/plain"]) {
      const { status, body } = await post(json, { headers: { "content-type": type } });
      expect([status, body.code]).toEqual([415, "unsupported_media_type"]);
    }
    const encoded = await post("a", { headers: { "content-encoding": "gzip" } });
    expect([encoded.status, encoded.body.code]).toEqual([415, "unsupported_media_type"]);
    for (const method of ["GET", "PUT", "DELETE", "HEAD"]) {
      const { status, headers } = await post("", { method });
      expect([status, headers.allow]).toEqual([405, "POST"]);
    }
    const large = await exchange(scene.token.id, "x".repeat(70_000));
    expect([large.status, large.body.code]).toEqual([413, "too_large"]);
    const html = await post("a=b", { headers: { accept: "text/html" } });
    expect([html.status, html.body.code]).toEqual([406, "not_acceptable"]);
  });

  test("is 429 with Retry-After beyond thirty refused exchanges, also for an unknown token", async () => {
    for (const id of [scene.token.id, "tok_unknown_here"]) {
      const statuses: number[] = [];
      while (statuses.length < 30) {
        const some = await Promise.all(Array.from({ length: 10 }, () => exchange(id, "a")));
        statuses.push(...some.map(({ status }) => status));
      }
      expect([...new Set(statuses)]).toEqual([400]);
      const { status, headers, body } = await exchange(id, await scene.idToken());
      expect([status, body.code]).toEqual([429, "rate_limited"]);
      expect(Number(headers["retry-after"])).toBeGreaterThan(0);
    }
    const other = await createPastedScene();
    expect((await exchange(other.token.id, await other.idToken())).status).toBe(200);
  });

  test("and the log hold no ID token and no secret", async () => {
    const bad = await scene.idToken({ project_id: "21" });
    const good = await scene.idToken();
    const lines = logged();
    const answers = [
      await exchange(scene.token.id, bad),
      await exchange(scene.token.id, `${good}x`),
      await exchange("tok_unknown", good),
    ];
    expect(
      answers.map(({ text }) => text).join() + JSON.stringify(lines) + JSON.stringify(await refusedOf(scene.token.id)),
    ).not.toMatch(/eyJ|vhj_[0-9A-Za-z]{5}/);
  });
});

describe("a pipeline secret", () => {
  test("is told by self, and so is the token's own", async () => {
    const scene = await createPastedScene();
    const secret = await issued(scene);
    const { body } = await askAs(base, secret, "GET", self);
    expect(body).toMatchObject({
      id: scene.token.id,
      token_suffix: scene.token.tokenSuffix,
      authenticated_by: {
        kind: "pipeline",
        trusted_pipeline_id: scene.trusted.id,
        project: "vehicles/bench",
        ref: "refs/heads/main",
        environment: null,
        job: "302",
        pipeline: "574",
        ends_at: expect.stringMatching(/Z$/),
      },
    });
    const own = await askAs(base, scene.token.secret, "GET", self);
    expect(own.body).toEqual({
      ...body,
      authenticated_by: { kind: "secret", token_suffix: scene.token.secret.slice(-4) },
    });
    const { authenticated_by: _, ...resource } = own.body;
    const one = await askAs(base, secret, "GET", `/api/v2.0/access-tokens/${scene.token.id}`);
    expect(one.body).toMatchObject(resource);
    expect(one.body).not.toHaveProperty("authenticated_by");
  });

  test("sees the session context, and registers and unregisters a runner", async () => {
    const scene = await createPastedScene();
    await setVariable(scene.admin, scene.token.id, { name: "BENCH", value: "7" });
    const input = { providerType: "gitlab", tokenScope: "project", targetId: "123" };
    const access = { ...input, providerUrl: providers.gitlab.url, token: gitlabToken("projectBot") };
    await addAccess(scene.admin, scene.token.id, addAccessInput.parse(access));
    const secret = await issued(scene);
    const context = await askAs(base, secret, "GET", "/api/v2.0/session-context");
    expect(context.body).toMatchObject({ environment: { BENCH: "7" }, access_token: { id: scene.token.id } });
    const runners = "/api/v2.0/session-context/runners";
    const runner = await askAs(base, secret, "POST", runners, { provider_url: providers.gitlab.url });
    expect(runner.status).toBe(201);
    expect((await askAs(base, secret, "DELETE", `${runners}/${runner.body.id}`)).status).toBe(204);
  });

  test("may not rotate, complete or cancel", async () => {
    const scene = await createPastedScene();
    const secret = await issued(scene);
    for (const id of ["self", scene.token.id]) {
      for (const action of ["rotate", "rotation/complete", "rotation/cancel"]) {
        const { status, body } = await askAs(base, secret, "POST", `/api/v2.0/access-tokens/${id}/${action}`);
        expect([status, body.code]).toEqual([403, "forbidden"]);
        expect(body.detail).toContain("pipeline secret");
      }
    }
    expect((await askAs(base, scene.token.secret, "POST", `${self}/rotate`)).status).toBe(200);
  });

  test("does with the user role what its token may, and no more", async () => {
    const scene = await createPastedScene();
    const secret = await issued(scene);
    const own = `/api/v2.0/access-tokens/${scene.token.id}`;
    const refused = async (method: string, path: string, body?: unknown) => {
      const { status, body: problem } = await askAs(base, secret, method, path, body);
      return [status, problem.code];
    };
    for (const [method, path, body] of [
      ["PATCH", own, { name: "renamed" }],
      ["DELETE", own],
      ["POST", `${own}/revoke`],
    ] as const) {
      expect(await refused(method, path, body)).toEqual([403, "forbidden"]);
    }
    expect(await refused("POST", "/api/v2.0/access-tokens", {})).toEqual([403, "people_only"]);
    expect(await refused("POST", `${own}/trusted-pipelines`, {})).toEqual([403, "people_only"]);
    expect(await refused("DELETE", `${own}/trusted-pipelines/${scene.trusted.id}`)).toEqual([403, "people_only"]);
    const list = await askAs(base, secret, "GET", `${own}/trusted-pipelines`);
    expect(list.body).toMatchObject({ items: [{ id: scene.trusted.id }] });
  });

  test("manages tokens with the admin role, and revokes its own, which ends it", async () => {
    const scene = await createPastedScene({}, "RS256", { admin: true });
    const other = await createToken(scene.admin, scene.scope);
    const secret = await issued(scene);
    const path = (id: string, action = "") => `/api/v2.0/access-tokens/${id}${action}`;
    expect((await askAs(base, secret, "PATCH", path(other.id), { name: "renamed" })).status).toBe(200);
    expect((await askAs(base, secret, "POST", path(other.id, "/rotate"))).status).toBe(403);
    expect((await askAs(base, secret, "POST", path(other.id, "/trusted-pipelines"), {})).body.code).toBe("people_only");
    expect((await askAs(base, secret, "DELETE", path(other.id))).status).toBe(204);
    expect((await askAs(base, secret, "POST", path(scene.token.id, "/reactivate"))).status).toBe(403);
    expect((await askAs(base, secret, "POST", path(scene.token.id, "/revoke"))).status).toBe(200);
    expect((await askAs(base, secret, "GET", self)).status).toBe(401);
    expectRefused(await exchange(scene.token.id, await scene.idToken()));
  });

  test("is refused like any other once its token is revoked", async () => {
    const scene = await createPastedScene();
    const secret = await issued(scene);
    await revokeAccessToken(scene.admin, scene.token.id);
    const refused = await askAs(base, secret, "GET", self);
    expect(refused).toMatchObject({ status: 401, body: { code: "unauthenticated" } });
  });
});
