import { createMetrics } from "@/lib/metrics/instruments";
import { processWide } from "@/lib/process/process-wide";
import { listen } from "@/server/start/process";
import { createDatabaseCounts } from "./database-counts";
import { registerDatabaseGauges } from "./database-gauges";
import { createMetricsServer } from "./metrics-server";

type Options = { port: number; host: string; version: string };

/** Begins to count, and serves the metrics. Returns the address, and a function that ends the server. */
export async function serveMetrics({ port, host, version }: Options): Promise<{ url: string; stop: () => void }> {
  const metrics = await createMetrics({ version });
  metrics.observePool(() => processWide.pool?.use());
  await registerDatabaseGauges(metrics.registry, createDatabaseCounts());
  processWide.metrics = metrics;
  const server = createMetricsServer(metrics.registry);
  const url = await listen(server, port, host, { port: "METRICS_PORT", host: "METRICS_HOST" });
  const stop = () => {
    server.close();
    server.closeAllConnections();
  };
  return { url, stop };
}
