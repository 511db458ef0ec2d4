import { expect, test } from "vitest";
import { createMetrics } from "./instruments";

const seriesOf = async ({ registry }: Awaited<ReturnType<typeof createMetrics>>, name: string) =>
  (await registry.metrics()).split("\n").filter((line) => line.startsWith(name));

test("labels have few values, whatever is requested", async () => {
  const metrics = await createMetrics({ version: "1" });
  for (const method of ["GET", "BREW", "X-1", ""]) metrics.countRequest(method, undefined, 404, 0.01);
  metrics.countRequest("GET", "/groups/{groupId}", 200, 0.3);
  expect(await seriesOf(metrics, "vehaas_http_request_duration_seconds_count")).toEqual([
    'vehaas_http_request_duration_seconds_count{route="other",method="GET",status="404"} 1',
    'vehaas_http_request_duration_seconds_count{route="other",method="other",status="404"} 3',
    'vehaas_http_request_duration_seconds_count{route="/groups/{groupId}",method="GET",status="200"} 1',
  ]);
});

test("checks of secrets are there before the first one, so that a rate can be calculated from it", async () => {
  const metrics = await createMetrics({ version: "1" });
  metrics.countCheck("secret", "refused");
  metrics.countCheck("jwt", "accepted");
  expect((await seriesOf(metrics, "vehaas_credential_checks_total")).sort()).toEqual([
    'vehaas_credential_checks_total{credential="jwt",outcome="accepted"} 1',
    'vehaas_credential_checks_total{credential="secret",outcome="accepted"} 0',
    'vehaas_credential_checks_total{credential="secret",outcome="failed"} 0',
    'vehaas_credential_checks_total{credential="secret",outcome="malformed"} 0',
    'vehaas_credential_checks_total{credential="secret",outcome="refused"} 1',
  ]);
});

test("the use of connections is read at each scrape, also before there is a pool", async () => {
  const metrics = await createMetrics({ version: "1" });
  let pool: { size: number; used: number; idle: number; abandoned: number; waiting: number } | undefined;
  metrics.observePool(() => pool);
  expect(await seriesOf(metrics, "vehaas_database_pool_waiting")).toEqual(["vehaas_database_pool_waiting 0"]);
  pool = { size: 20, used: 3, idle: 1, abandoned: 2, waiting: 4 };
  expect(await seriesOf(metrics, "vehaas_database_pool")).toEqual([
    "vehaas_database_pool_size 20",
    'vehaas_database_pool_connections{state="used"} 3',
    'vehaas_database_pool_connections{state="idle"} 1',
    'vehaas_database_pool_connections{state="abandoned"} 2',
    "vehaas_database_pool_waiting 4",
  ]);
});
