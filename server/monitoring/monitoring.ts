import type { Settings } from "@/lib/env";
import { processWide } from "@/lib/process/process-wide";
import packageFile from "@/package.json" with { type: "json" };

type MonitoringSettings = Pick<
  Settings,
  "METRICS_PORT" | "METRICS_HOST" | "OTEL_EXPORTER_OTLP_ENDPOINT" | "OTEL_TRACES_SAMPLER_ARG"
>;

/**
 * Begins to send traces if a collector is set. Call it before the pool is made. The libraries are loaded only then, as
 * those of the metrics are.
 */
export async function startTracing(settings: MonitoringSettings): Promise<() => Promise<void>> {
  const { OTEL_EXPORTER_OTLP_ENDPOINT: endpoint, OTEL_TRACES_SAMPLER_ARG: ratio } = settings;
  if (!endpoint) return async () => {};
  const { createTracing } = await import("./create-tracing");
  const tracing = await createTracing({ endpoint, ratio, version: packageFile.version });
  processWide.tracing = tracing;
  return tracing.stop;
}

/** Begins to count and to serve the metrics if their port is set. */
export async function startMetrics(settings: MonitoringSettings): Promise<() => void> {
  const { METRICS_PORT: port, METRICS_HOST: host } = settings;
  if (port === undefined) return () => {};
  const { serveMetrics } = await import("./serve-metrics");
  return (await serveMetrics({ port, host, version: packageFile.version })).stop;
}
