import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeAll, expect, onTestFinished, test } from "vitest";
import { z } from "zod";
import { createMetrics } from "@/lib/metrics/instruments";
import { promtool, runPromtool } from "@/testing/monitoring/promtool";
import { registerDatabaseGauges } from "./database-gauges";

const alerts = "deploy/prometheus/alerts.yml";
const dashboard = "deploy/grafana/dashboard.json";
const docs = "docs/monitoring.md";

let names: string[];

beforeAll(async () => {
  const metrics = await createMetrics({ version: "1" });
  metrics.observePool(() => undefined);
  await registerDatabaseGauges(metrics.registry, async () => ({}));
  names = (await metrics.registry.getMetricsAsJSON()).map(({ name }) => name);
});

/** The names of metrics in the text, without what a histogram adds. */
function namesIn(file: string): string[] {
  const found = readFileSync(file, "utf8").match(/\b(vehaas|nodejs|process)_[a-z0-9_]+/g) ?? [];
  return [...new Set(found.map((name) => name.replace(/_(bucket|count|sum)$/, "")))];
}

test.each([alerts, dashboard, docs])("%s names only metrics that exist", (file) => {
  const used = namesIn(file);
  expect(used.length).toBeGreaterThan(5);
  expect(used.filter((name) => !names.includes(name))).toEqual([]);
});

test("the document and the dashboard have every metric of ours, and the document every alert", () => {
  const ours = names.filter((name) => name.startsWith("vehaas_"));
  expect(ours.length).toBeGreaterThan(12);
  for (const file of [docs, dashboard]) expect(ours.filter((name) => !namesIn(file).includes(name))).toEqual([]);
  const named = [...readFileSync(alerts, "utf8").matchAll(/alert: (\w+)/g)].map(([, name]) => name ?? "");
  expect(named.length).toBeGreaterThan(5);
  expect(named.filter((name) => !readFileSync(docs, "utf8").includes(`\`${name}\``))).toEqual([]);
});

test("each alert has a test that it fires", () => {
  const named = [...readFileSync(alerts, "utf8").matchAll(/alert: (\w+)/g)].map(([, name]) => name ?? "");
  const firing = [
    ...readFileSync("deploy/prometheus/alerts.test.yml", "utf8").matchAll(/alertname: (\w+)\n\s+exp_alerts/g),
  ];
  expect(named.sort()).toEqual([...new Set(firing.map(([, name]) => name ?? ""))].sort());
});

test("the dashboard is a description of panels with queries", () => {
  const panel = z.object({ title: z.string(), targets: z.array(z.object({ expr: z.string().min(1) })).min(1) });
  const { panels } = z.object({ panels: z.array(panel) }).parse(JSON.parse(readFileSync(dashboard, "utf8")));
  expect(panels.length).toBeGreaterThan(15);
});

test.skipIf(!promtool)("promtool finds the alerts right, and their tests pass (skipped where it is missing)", () => {
  expect(runPromtool(["check", "rules", alerts])).toMatchObject({ status: 0 });
  expect(runPromtool(["test", "rules", "deploy/prometheus/alerts.test.yml"])).toMatchObject({ status: 0 });
});

test.skipIf(!promtool)("promtool can read the dashboard's queries (skipped where it is missing)", () => {
  const { panels } = z
    .object({ panels: z.array(z.object({ targets: z.array(z.object({ expr: z.string() })) })) })
    .parse(JSON.parse(readFileSync(dashboard, "utf8")));
  const rules = panels
    .flatMap(({ targets }) => targets)
    .map(({ expr }, at) => ({
      record: `panel:query:${at}`,
      expr: expr.replaceAll("$__rate_interval", "5m").replaceAll("$instance", "a").replaceAll("$job", "b"),
    }));
  const folder = mkdtempSync(join(tmpdir(), "dashboard-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const file = join(folder, "rules.yml");
  writeFileSync(file, JSON.stringify({ groups: [{ name: "dashboard", rules }] }));
  expect(runPromtool(["check", "rules", "--lint=none", file])).toMatchObject({ status: 0 });
});
