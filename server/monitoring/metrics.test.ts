import { randomUUID } from "node:crypto";
import { beforeAll, expect, onTestFinished, test, vi } from "vitest";
import { revokeAccessToken } from "@/lib/access-tokens/change";
import { generateSecret } from "@/lib/access-tokens/secret";
import { processWide } from "@/lib/process/process-wide";
import { startBackground } from "@/server/background/background";
import { createToken, expire, inDays, type TestToken } from "@/testing/access-tokens";
import { ask } from "@/testing/api/ask";
import { serveApiWithContext } from "@/testing/api/server";
import { asOwner } from "@/testing/database/database-owner";
import { promtool, runPromtool } from "@/testing/monitoring/promtool";
import { createTenant } from "@/testing/tenant";
import { createDatabaseCounts } from "./database-counts";
import { serveMetrics } from "./serve-metrics";

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

const { database, directUrl } = await vi.hoisted(async () => {
  const directUrl = process.env.DATABASE_URL ?? "";
  const { startDatabaseProxy } = await import("@/testing/database/database-proxy");
  const database: Awaited<ReturnType<typeof startDatabaseProxy>> = await startDatabaseProxy(directUrl);
  process.env.DATABASE_URL = database.url;
  return { database, directUrl };
});

const options = { port: 0, host: "127.0.0.1", version: "1.2.3" };
const self = "/api/v2.0/access-tokens/self";
let api: string;
let token: TestToken;

beforeAll(async () => {
  const { group } = await createTenant();
  token = await createToken(group.admin, group.scope);
  await createToken(group.admin, group.scope, { expiresAt: inDays(3) });
  await expire((await createToken(group.admin, group.scope)).id);
  await revokeAccessToken(group.admin, (await createToken(group.admin, group.scope)).id);
  // Routes are noted by an API that begins after the metrics.
  const { stop } = await serveMetrics(options);
  api = await serveApiWithContext();
  stop();
});

async function start(): Promise<string> {
  const { url, stop } = await serveMetrics(options);
  onTestFinished(stop);
  return url;
}

async function scrape(url: string): Promise<string> {
  const response = await fetch(`${url}/metrics`);
  expect(response.status).toBe(200);
  expect(response.headers.get("content-type")).toMatch(/^text\/plain; version=0\.0\.4/);
  return response.text();
}

/** The values of the series, by what stands before them. */
function seriesOf(text: string): Map<string, number> {
  const lines = text.split("\n").filter((line) => line && !line.startsWith("#"));
  return new Map(
    lines.map((line) => [line.slice(0, line.lastIndexOf(" ")), Number(line.slice(line.lastIndexOf(" ")))]),
  );
}

const asToken = (secret: string) => ({ headers: { "private-token": secret } });

test("requests, checks, connections and what is in the database are counted", async () => {
  const url = await start();
  await ask(api, self, asToken(token.secret));
  await ask(api, self, asToken(generateSecret("group")));
  await ask(api, self, asToken("malformed"));
  await ask(api, "/api/v2.0/groups");
  const series = seriesOf(await scrape(url));
  const requests = (route: string, status: number) =>
    series.get(`vehaas_http_request_duration_seconds_count{route="${route}",method="GET",status="${status}"}`);
  expect(requests(self, 200)).toBe(1);
  expect(requests(self, 401)).toBe(2);
  expect(requests("/api/v2.0/groups", 401)).toBe(1);
  const checks = (outcome: string) =>
    series.get(`vehaas_credential_checks_total{credential="secret",outcome="${outcome}"}`);
  expect(["accepted", "refused", "malformed", "failed"].map(checks)).toEqual([1, 1, 1, 0]);
  expect(series.get("vehaas_database_pool_size")).toBe(20);
  expect(series.get('vehaas_database_pool_connections{state="abandoned"}')).toBe(0);
  expect(series.get("vehaas_database_up")).toBe(1);
  const tokens = (status: string) => series.get(`vehaas_access_tokens{status="${status}"}`);
  expect(["active", "expired", "revoked"].map(tokens)).toEqual([2, 1, 1]);
  expect(series.get("vehaas_access_tokens_expiring")).toBe(1);
  expect(series.get("vehaas_audit_events_unsealed")).toBeGreaterThanOrEqual(5);
  expect(series.get("vehaas_audit_events_unsealed_oldest_age_seconds")).toBeGreaterThan(0);
  expect(series.get("vehaas_notifications_unsent")).toBeGreaterThanOrEqual(0);
  expect(series.get(`vehaas_build_info{version="1.2.3",node="${process.version}"}`)).toBe(1);
  expect(
    [...series.keys()].filter((key) => /^nodejs_eventloop_lag_p99_seconds|^process_cpu_seconds_total/.test(key)),
  ).toHaveLength(2);
});

test("paths and methods that nobody has foreseen make no further series, and no id is a label", async () => {
  const url = await start();
  const askOdd = async () => {
    await ask(api, `/api/v2.0/access-tokens/${randomUUID()}`, asToken(token.secret));
    await fetch(`${api}/api/v2.0/${randomUUID()}`, { method: "PROPFIND" });
    await fetch(`${api}/api/v2.0/${randomUUID()}/${randomUUID()}`);
  };
  await askOdd();
  const before = await scrape(url);
  await askOdd();
  const after = await scrape(url);
  const requests = (text: string) => [...seriesOf(text).keys()].filter((key) => key.startsWith("vehaas_http"));
  expect(requests(before).length).toBeGreaterThan(30);
  expect(requests(after)).toEqual(requests(before));
  expect(before).toContain('route="/api/v2.0/access-tokens/{id}",method="GET",status="404"');
  expect(before).toContain('route="other",method="other",status="404"');
  expect(after).not.toMatch(/[0-9a-f]{8}-[0-9a-f]{4}|tok_|grp_|org_/);
  expect(after).not.toContain(token.secret);
});

test("jobs are counted by queue, with those that wait", async () => {
  const owner = { url: directUrl, setting: "DATABASE_URL" as const };
  const url = await start();
  const background = { isEmbedded: false, owner, grantee: process.env.DATABASE_ROLE, close: async () => {} };
  const stop = await startBackground(background);
  const done = 'vehaas_job_duration_seconds_count{queue="find-runners-to-unregister",outcome="completed"}';
  await expect.poll(async () => seriesOf(await scrape(url)).get(done), { timeout: 30_000 }).toBe(1);
  await stop();
  await asOwner((client) =>
    client.query("update pgboss.job set state = 'failed' where name = 'find-runners-to-unregister'"),
  );
  const counted = seriesOf(await scrape(await start()));
  expect(counted.get('vehaas_jobs{queue="find-runners-to-unregister",state="failed"}')).toBe(1);
});

test("rows are counted at most once in half a minute", async () => {
  let now = 0;
  const readCounts = createDatabaseCounts({ now: () => now });
  const queriesOf = async (time: number) => {
    now = time;
    const before = database.queries();
    await readCounts();
    return database.queries() - before;
  };
  expect(await queriesOf(0)).toBeGreaterThan(4);
  expect(await queriesOf(29_999)).toBe(0);
  expect(await queriesOf(30_000)).toBeGreaterThan(4);
});

test("the statuses of many tokens are estimated from a sample of pages", async () => {
  const setRows = (rows: number) =>
    asOwner((client) =>
      client.query("update pg_class set reltuples = $1 where oid = 'access_tokens'::regclass", [rows]),
    );
  await setRows(200_000);
  onTestFinished(async () => void (await setRows(-1)));
  const { tokens } = await createDatabaseCounts()();
  // The four tokens are in one page, which is in a sample of a quarter or not.
  expect([...(tokens ?? [])].sort()).toEqual(
    tokens?.get("active")
      ? [
          ["active", 8],
          ["expired", 4],
          ["revoked", 4],
        ]
      : [
          ["active", 0],
          ["expired", 0],
          ["revoked", 0],
        ],
  );
});

test("while the database is away, a scrape is answered without old counts", async () => {
  await database.shut();
  onTestFinished(() => database.open());
  const url = await start();
  await ask(api, self, asToken(token.secret));
  const series = seriesOf(await scrape(url));
  expect(series.get('vehaas_credential_checks_total{credential="secret",outcome="failed"}')).toBe(1);
  expect(series.get("vehaas_database_up")).toBe(0);
  expect([...series.keys()].filter((key) => /^vehaas_(access_tokens|jobs|audit|notifications)/.test(key))).toEqual([]);
  expect(series.get("vehaas_database_pool_size")).toBe(20);
});

test("only GET and HEAD of /metrics are answered", async () => {
  const url = await start();
  const status = async (path: string, method: string) => (await fetch(url + path, { method })).status;
  expect(await status("/metrics", "HEAD")).toBe(200);
  expect(await status("/metrics", "POST")).toBe(405);
  expect(await status("/", "GET")).toBe(404);
  expect(await status("/metrics/x", "GET")).toBe(404);
});

test.skipIf(!promtool)(
  "promtool finds nothing wrong with the metrics (skipped where promtool is missing)",
  async () => {
    const url = await start();
    await ask(api, self, asToken(token.secret));
    processWide.metrics?.countPeerAnswer("gitlab", "ok", 0.1);
    processWide.metrics?.countJob("a-queue", "failed", 0.1);
    expect(runPromtool(["check", "metrics"], await scrape(url))).toEqual({ status: 0, output: "" });
  },
);
