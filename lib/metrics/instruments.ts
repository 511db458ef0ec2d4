import type { Registry } from "prom-client";

const methods = new Set(["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]);
const unknownRoute = "other";

export type CheckedCredential = "secret" | "jwt";
export type CheckOutcome = "accepted" | "refused" | "malformed" | "failed";
/** What kind of server was asked. */
export type Peer = "gitlab" | "github" | "issuer" | "webhook" | "other";
export type JobOutcome = "completed" | "failed";

/** Connections of the pool, and requests that wait for one. */
export type PoolUse = { size: number; used: number; idle: number; abandoned: number; waiting: number };

type Client = typeof import("prom-client");
export type Metrics = Awaited<ReturnType<typeof createMetrics>>;

/**
 * What this process counts in memory. Counting costs a request one look-up in a map: the objects of label values that
 * occurred before are kept. Every label has a bounded set of values. The library is loaded only now: a static import
 * would stand at the top of the bundle.
 */
export async function createMetrics(build: { version: string }) {
  const client = await import("prom-client");
  const { Counter, Gauge, Histogram } = client;
  const registry = new client.Registry();
  const registers = [registry];
  collectProcessMetrics(client, registry);
  new Gauge({
    name: "vehaas_build_info",
    help: "1, with the version of the service and of Node.",
    labelNames: ["version", "node"],
    registers,
  }).set({ ...build, node: process.version }, 1);

  const requests = new Histogram({
    name: "vehaas_http_request_duration_seconds",
    help: "Requests by route, method and status, from the head's arrival until the answer was sent or given up.",
    labelNames: ["route", "method", "status"],
    buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
    registers,
  });
  const checks = new Counter({
    name: "vehaas_credential_checks_total",
    help: "Credentials of API requests by kind (secret of an access token, or a person's JWT) and outcome.",
    labelNames: ["credential", "outcome"],
    registers,
  });
  const checkedTogether = new Histogram({
    name: "vehaas_secrets_checked_together",
    help: "Secrets of access tokens that one query checked for requests at the same time.",
    buckets: [1, 2, 5, 10, 20, 50, 100, 200],
    registers,
  });
  const peers = new Histogram({
    name: "vehaas_provider_request_duration_seconds",
    help: "Requests to providers by provider type and outcome, until the answer was read or given up.",
    labelNames: ["provider", "outcome"],
    buckets: [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
    registers,
  });
  const jobs = new Histogram({
    name: "vehaas_job_duration_seconds",
    help: "Background jobs that this instance worked on, by queue and outcome. A failed job may be retried.",
    labelNames: ["queue", "outcome"],
    buckets: [0.01, 0.1, 1, 10, 60, 600],
    registers,
  });
  const ofRequest = kept((method: string, route: string, status: number) =>
    requests.labels(route, method, String(status)),
  );
  const ofCheck = kept((credential: CheckedCredential, outcome: CheckOutcome) => checks.labels(credential, outcome));
  for (const outcome of ["accepted", "refused", "malformed", "failed"] as const) ofCheck("secret", outcome).inc(0);

  return {
    registry,
    countRequest: (method = "", route: string | undefined, status: number, seconds: number) =>
      ofRequest(methods.has(method) ? method : "other", route ?? unknownRoute, status).observe(seconds),
    countCheck: (credential: CheckedCredential, outcome: CheckOutcome) => ofCheck(credential, outcome).inc(),
    countCheckedTogether: (secrets: number) => checkedTogether.observe(secrets),
    countPeerAnswer: (peer: Peer, outcome: string, seconds: number) => peers.labels(peer, outcome).observe(seconds),
    countJob: (queue: string, outcome: JobOutcome, seconds: number) => jobs.labels(queue, outcome).observe(seconds),
    /** Reads the pool's use at each scrape. */
    observePool: (use: () => PoolUse | undefined) => observePool(client, registry, use),
  };
}

/** A function that makes each object once: for few combinations of arguments. */
function kept<A extends (string | number)[], T>(make: (...values: A) => T): (...values: A) => T {
  const made = new Map<string, T>();
  return (...values) => {
    const key = values.join(" ");
    const known = made.get(key);
    if (known) return known;
    const one = make(...values);
    made.set(key, one);
    return one;
  };
}

/** Without those whose names break Prometheus' conventions: they are gauges that end in `_total`. */
function collectProcessMetrics({ collectDefaultMetrics }: Client, registry: Registry): void {
  collectDefaultMetrics({ register: registry });
  for (const name of ["nodejs_active_handles_total", "nodejs_active_requests_total", "nodejs_active_resources_total"])
    registry.removeSingleMetric(name);
}

function observePool({ Gauge }: Client, registry: Registry, use: () => PoolUse | undefined): void {
  const registers = [registry];
  new Gauge({
    name: "vehaas_database_pool_size",
    help: "Connections that the pool may have: DATABASE_POOL_SIZE.",
    registers,
    collect() {
      this.set(use()?.size ?? 0);
    },
  });
  new Gauge({
    name: "vehaas_database_pool_connections",
    help: "Connections of the pool by state. Abandoned ones were given up, and still work at the server.",
    labelNames: ["state"],
    registers,
    collect() {
      const { used = 0, idle = 0, abandoned = 0 } = use() ?? {};
      this.set({ state: "used" }, used);
      this.set({ state: "idle" }, idle);
      this.set({ state: "abandoned" }, abandoned);
    },
  });
  new Gauge({
    name: "vehaas_database_pool_waiting",
    help: "Statements and transactions that wait for a connection.",
    registers,
    collect() {
      this.set(use()?.waiting ?? 0);
    },
  });
}
