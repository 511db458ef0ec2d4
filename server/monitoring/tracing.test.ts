import { once } from "node:events";
import { expect, onTestFinished, test, vi } from "vitest";
import { z } from "zod";
import { generateSecret } from "@/lib/access-tokens/secret";
import { guardedFetch } from "@/lib/guarded-http/guarded-fetch";
import { parseAllowlist } from "@/lib/network/allowlist";
import { processWide } from "@/lib/process/process-wide";
import { startBackground } from "@/server/background/background";
import { createHttpServer } from "@/server/http/http-server";
import { createRequestListener } from "@/server/http/request-listener";
import { listen } from "@/server/start/process";
import { createToken } from "@/testing/access-tokens";
import { askAs } from "@/testing/api/ask";
import { serveApiWithContext } from "@/testing/api/server";
import { startStandIn } from "@/testing/stand-ins/server";
import { createTenant } from "@/testing/tenant";

vi.setConfig({ testTimeout: 60_000 });

const { collector, stop } = await vi.hoisted(async () => {
  const { startStandIn } = await import("@/testing/stand-ins/server");
  const { startTracing } = await import("./monitoring");
  const collector: Awaited<ReturnType<typeof startStandIn>> = await startStandIn(() => ({ status: 200, body: {} }));
  // Before the pool is made, as at the start.
  const stop = await startTracing({
    OTEL_EXPORTER_OTLP_ENDPOINT: `${collector.url}/`,
    OTEL_TRACES_SAMPLER_ARG: 1,
    METRICS_HOST: "",
  });
  return { collector, stop };
});

const spanShape = z.object({
  name: z.string(),
  traceId: z.string(),
  spanId: z.string(),
  parentSpanId: z.string().optional(),
  attributes: z.array(z.object({ key: z.string(), value: z.record(z.string(), z.unknown()) })),
});
const exported = z.object({
  resourceSpans: z.array(z.object({ scopeSpans: z.array(z.object({ spans: z.array(spanShape) })) })),
});

test("requests, queries, calls and jobs are one trace each, without a secret in any of them", async () => {
  onTestFinished(() => collector.close());
  const { group } = await createTenant();
  const token = await createToken(group.admin, group.scope, { admin: true });
  const api = await serveApiWithContext();
  const traceId = "0af7651916cd43dd8448eb211c80319c";
  const headers = { "private-token": token.secret, traceparent: `00-${traceId}-b7ad6b7169203331-01` };
  expect((await fetch(`${api}/api/v2.0/access-tokens/${token.id}`, { headers })).status).toBe(200);
  await fetch(`${api}/api/v2.0/groups?q=typed-text`, { headers: { "private-token": token.secret } });
  expect(
    (await askAs(api, token.secret, "PATCH", `/api/v2.0/access-tokens/${token.id}`, { name: "a new name" })).status,
  ).toBe(200);
  const other = generateSecret("group");
  await askAs(api, other, "GET", "/api/v2.0/access-tokens/self");
  await askInvitation("invitation-secret");
  await callProvider("provider-secret");
  await runJob();
  await stop();

  const sent = collector.requests.filter(({ path }) => path === "/v1/traces");
  const spans = sent.flatMap(({ body }) =>
    exported.parse(body).resourceSpans.flatMap(({ scopeSpans }) => scopeSpans.flatMap((scope) => scope.spans)),
  );
  const names = new Set(spans.map(({ name }) => name));
  expect([...names]).toEqual(
    expect.arrayContaining([
      "GET /api/v2.0/access-tokens/{id}",
      "PATCH /api/v2.0/access-tokens/{id}",
      "GET /invitations/{secret}",
      "SELECT access_tokens",
      "BEGIN",
      "COMMIT",
      "POST gitlab",
      "job find-runners-to-unregister",
    ]),
  );
  const request = spans.find(({ name }) => name === "GET /api/v2.0/access-tokens/{id}");
  expect(request).toMatchObject({ traceId, parentSpanId: "b7ad6b7169203331" });
  const queries = spans.filter(({ parentSpanId }) => parentSpanId === request?.spanId);
  expect(queries.length).toBeGreaterThan(1);
  expect(queries.every((query) => query.traceId === traceId)).toBe(true);

  const text = JSON.stringify(sent.map(({ body }) => body));
  for (const secret of [
    token.secret,
    other,
    token.id,
    "a new name",
    "typed-text",
    "invitation-secret",
    "provider-secret",
    "header-value",
  ])
    expect(text.includes(secret), secret).toBe(false);
  const keys = new Set(spans.flatMap(({ attributes }) => attributes.map(({ key }) => key)));
  expect([...keys].sort()).toEqual([
    "db.collection.name",
    "db.operation.name",
    "http.request.method",
    "http.response.status_code",
    "http.route",
    "server.address",
    "vehaas.queue",
  ]);
});

async function askInvitation(secret: string): Promise<void> {
  const pages = createHttpServer();
  pages.on(
    "request",
    createRequestListener({ api: () => {}, pages: (_, response) => response.end("a page"), dev: false }),
  );
  const url = await listen(pages, 0, "127.0.0.1");
  await fetch(`${url}/invitations/${secret}?from=x`, { headers: { cookie: "session=header-value" } });
  pages.close();
  pages.closeAllConnections();
  await once(pages, "close");
}

async function callProvider(secret: string): Promise<void> {
  const provider = await startStandIn(() => ({ status: 200, body: {} }));
  onTestFinished(provider.close);
  const call = guardedFetch(new URL(provider.url).origin, { peer: "gitlab", allowlist: parseAllowlist("127.0.0.1") });
  await call(new Request(`${provider.url}/${secret}`, { method: "POST", headers: { "private-token": secret } }));
  expect(provider.requests[0]?.headers).not.toHaveProperty("traceparent");
}

async function runJob(): Promise<void> {
  const seen = vi.spyOn(processWide.tracing ?? expect.fail(), "run");
  const owner = { url: process.env.DATABASE_URL ?? "", setting: "DATABASE_URL" as const };
  const grantee = process.env.DATABASE_ROLE;
  const stopBackground = await startBackground({ isEmbedded: false, owner, grantee, close: async () => {} });
  await expect
    .poll(() => seen.mock.calls.map(([name]) => name), { timeout: 30_000 })
    .toContain("job find-runners-to-unregister");
  await stopBackground();
}
