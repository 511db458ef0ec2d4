import { build } from "esbuild";
import { expect, onTestFinished, test, vi } from "vitest";
import { readSettings } from "@/lib/env";
import { processWide } from "@/lib/process/process-wide";
import { startMetrics, startTracing } from "./monitoring";

// It loads the whole server.
vi.setConfig({ testTimeout: 60_000 });

const loaded = vi.hoisted(() => new Set<string>());
vi.mock("@opentelemetry/sdk-trace", (original) => {
  loaded.add("@opentelemetry/sdk-trace");
  return original();
});
vi.mock("prom-client", (original) => {
  loaded.add("prom-client");
  return original();
});

test("nothing is loaded, measured or traced unless it is set", async () => {
  // What counts and traces on the way of a request.
  await import("@/server/http/request-listener");
  await import("@/api/http/listener");
  await import("@/server/background/job-queue");
  const none = readSettings({});
  await startTracing(none);
  await startMetrics(none);
  expect([...loaded]).toEqual([]);
  expect(processWide.metrics).toBeUndefined();
  expect(processWide.tracing).toBeUndefined();

  const some = readSettings({
    METRICS_PORT: "0",
    METRICS_HOST: "127.0.0.1",
    OTEL_EXPORTER_OTLP_ENDPOINT: "http://127.0.0.1:9",
  });
  const [stopTracing, stopMetrics] = [await startTracing(some), await startMetrics(some)];
  onTestFinished(async () => {
    stopMetrics();
    await stopTracing();
    processWide.metrics = undefined;
    processWide.tracing = undefined;
  });
  expect([...loaded].sort()).toEqual(["@opentelemetry/sdk-trace", "prom-client"]);
  expect(processWide.metrics).toBeDefined();
  expect(processWide.tracing).toBeDefined();
});

test("the server's bundle loads the libraries of metrics and traces only when they are wanted", async () => {
  const { outputFiles } = await build({
    entryPoints: ["server.ts"],
    bundle: true,
    platform: "node",
    format: "esm",
    packages: "external",
    write: false,
    outdir: "dist",
  });
  const text = outputFiles[0]?.text ?? "";
  expect(text).toMatch(/^import .*from "pg";$/m);
  expect(text).not.toMatch(/^import [^;]*"(@opentelemetry\/[^"]+|prom-client)";$/m);
  expect(text).toContain('import("prom-client")');
  expect(text).toContain('import("@opentelemetry/sdk-trace")');
});

test("an address that is not the machine's stops the start, with the setting's name", async () => {
  const settings = { METRICS_HOST: "127.0.0.1", OTEL_TRACES_SAMPLER_ARG: 1 };
  const stop = await startMetrics({ ...settings, METRICS_PORT: 0 });
  onTestFinished(stop);
  await expect(startMetrics({ ...settings, METRICS_PORT: 1, METRICS_HOST: "192.0.2.1" })).rejects.toThrow(
    "METRICS_HOST 192.0.2.1 is no address of this machine.",
  );
});
