import type { Registry } from "prom-client";
import type { Backlog, DatabaseCounts } from "./database-counts";

type Counts = Partial<DatabaseCounts>;
type Values = [labels: Record<string, string>, value: number][];
type Row = { name: string; help: string; labels?: string[]; valuesOf: (counts: Counts) => Values };

const gauges: Row[] = [
  {
    name: "vehaas_database_up",
    help: "1 if the database answered when it was last asked, as for /health/ready, else 0.",
    valuesOf: ({ isUp }) => [[{}, isUp ? 1 : 0]],
  },
  {
    name: "vehaas_access_tokens",
    help: "Access tokens by status; with more than 50000 an estimate.",
    labels: ["status"],
    valuesOf: ({ tokens = new Map() }) => [...tokens].map(([status, value]) => [{ status }, value]),
  },
  {
    name: "vehaas_access_tokens_expiring",
    help: "Active access tokens that expire within seven days.",
    valuesOf: ({ expiring }) => (expiring === undefined ? [] : [[{}, expiring]]),
  },
  {
    name: "vehaas_jobs",
    help: "Background jobs by queue and state, without those that are done.",
    labels: ["queue", "state"],
    valuesOf: ({ jobs = [] }) => jobs.map(({ queue, state, jobs: value }) => [{ queue, state }, value]),
  },
  ...backlog("vehaas_audit_events_unsealed", "audit events that wait to be sealed", ({ unsealed }) => unsealed),
  ...backlog("vehaas_notifications_unsent", "notifications that wait to be sent", ({ notifications }) => notifications),
];

function backlog(name: string, what: string, backlogOf: (counts: Counts) => Backlog | undefined): Row[] {
  const row = (name: string, help: string, value: keyof Backlog): Row => ({
    name,
    help,
    valuesOf: (counts) => {
      const found = backlogOf(counts);
      return found ? [[{}, found[value]]] : [];
    },
  });
  return [
    row(name, `Number of ${what}, 100000 at most.`, "waiting"),
    row(`${name}_oldest_age_seconds`, `Age of the oldest of the ${what}, 0 without one.`, "oldestSeconds"),
  ];
}

/** Gauges of what is in the database. One whose count is missing has no value, so that no old one is shown. */
export async function registerDatabaseGauges(registry: Registry, readCounts: () => Promise<Counts>): Promise<void> {
  const { Gauge } = await import("prom-client");
  for (const { name, help, labels = [], valuesOf } of gauges) {
    new Gauge({
      name,
      help,
      labelNames: labels,
      registers: [registry],
      async collect() {
        const values = valuesOf(await readCounts());
        // Gives a gauge without labels the value 0.
        this.reset();
        if (labels.length === 0) this.remove();
        for (const [labels, value] of values) this.set(labels, value);
      },
    });
  }
}
