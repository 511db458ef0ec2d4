import { setTimeout } from "node:timers/promises";
import { type Contender, startContender } from "./contender";
import { type BenchDatabase, rowsWritten } from "./database";
import { DatabaseClock } from "./database-clock";
import { type Course, drive, type Entry, type Laps, race, withSecrets } from "./race";
import { atLeast, atMost, type Figure, medianOf, noiseOf, noMore, ratioOf } from "./report";
import { type Site, startSite } from "./site";

const self = "/api/v2.0/access-tokens/self";
const context = "/api/v2.0/session-context";

type Contenders = { floor: Contender; site: Site; ofMany: Site; clock: DatabaseClock };

/** `GET /access-tokens/self` with few and many tokens against a lean bare server; the session context. */
export async function measureSelf(few: BenchDatabase, many: BenchDatabase, course: Course): Promise<Figure[]> {
  const floor = await startContender("floor", { env: few.env });
  const [site, ofMany] = [await startSite(few), await startSite(many)];
  const clock = await DatabaseClock.start(few.url);
  const contenders = { floor, site, ofMany, clock };
  try {
    const writes = [await measureWrites(few, site, self), await measureWrites(few, site, context)];
    const laps = await race(entriesOf(contenders, few, many), course);
    const [bare, product] = entriesOf(contenders, few, many);
    const alone = bare && product ? await race([bare, product], { ...course, connections: 1 }) : {};
    return [...figuresOf(laps, few, many), ...figuresAlone(alone), ...writes];
  } finally {
    floor.stop();
    await Promise.all([site.stop(), ofMany.stop(), clock.end()]);
  }
}

function entriesOf({ floor, site, ofMany, clock }: Contenders, few: BenchDatabase, many: BenchDatabase): Entry[] {
  return [
    { name: "floor", url: floor.url, clock, requests: withSecrets("/", few.secrets) },
    { name: "product", url: site.url, clock, requests: withSecrets(self, few.secrets) },
    { name: "many", url: ofMany.url, requests: withSecrets(self, many.secrets) },
    { name: "context", url: site.url, requests: withSecrets(context, few.secrets) },
    { name: "pipelines", url: site.url, requests: withSecrets(self, few.pipelineSecrets) },
  ];
}

function figuresOf(laps: Laps, few: BenchDatabase, many: BenchDatabase): Figure[] {
  const [fewTokens, manyTokens] = [few, many].map(({ tokens }) => `${tokens.toLocaleString("en")} tokens`);
  return [
    {
      name: `self, ${fewTokens}, 32 connections, of a lean bare server`,
      ...rates(laps, "product", "floor"),
      ...atLeast(1.5, ratioOf(laps.product, laps.floor)),
      ...noiseOf(laps.product, laps.floor),
    },
    {
      name: "its p99, of that server’s",
      ...beside(laps, "p99", "ms"),
      ...atMost(1, medianOf(laps.product, "p99") / medianOf(laps.floor, "p99")),
      ...noiseOf(laps.product, laps.floor, "p99"),
    },
    {
      name: "PostgreSQL’s processor time for each, of that server’s",
      ...beside(laps, "databaseMicroseconds", "µs"),
      ...atMost(0.35, ratioOf(laps.product, laps.floor, "databaseMicroseconds")),
      ...noiseOf(laps.product, laps.floor, "databaseMicroseconds"),
    },
    {
      name: `self, ${manyTokens}, of itself with ${fewTokens}`,
      ...rates(laps, "many", "product"),
      ...atLeast(0.85, ratioOf(laps.many, laps.product)),
      ...noiseOf(laps.many, laps.product),
    },
    {
      name: "self by pipeline secrets, of self",
      ...rates(laps, "pipelines", "product"),
      ...atLeast(0.9, ratioOf(laps.pipelines, laps.product)),
      ...noiseOf(laps.pipelines, laps.product),
    },
    {
      name: "session context, 20 variables, of self",
      ...rates(laps, "context", "product"),
      ...atLeast(0.5, ratioOf(laps.context, laps.product)),
      ...noiseOf(laps.context, laps.product),
    },
  ];
}

function figuresAlone(laps: Laps): Figure[] {
  return [
    {
      name: "self, 1 connection, of a lean bare server",
      ...rates(laps, "product", "floor"),
      ...atLeast(0.8, ratioOf(laps.product, laps.floor)),
      ...noiseOf(laps.product, laps.floor),
    },
  ];
}

// The worst case: no token was used lately, so each use is written once in the first seconds, then not for minutes.
const writing = { connections: 32, seconds: 20 };

/** Authenticated requests record the last use of the token, and reads of a session context who read it; both rarely. */
async function measureWrites(database: BenchDatabase, { url }: Site, path: string): Promise<Figure> {
  const before = await rowsWritten(database);
  const { requests } = await drive({ name: path, url, requests: withSecrets(path, database.secrets) }, writing);
  // PostgreSQL counts the writes of an idle connection a second late, and the last use is written once a second.
  await setTimeout(3000);
  const rows = (await rowsWritten(database)) - before;
  const figure = { measured: `${rows.toLocaleString("en")} of ${requests.toLocaleString("en")}`, floor: "" };
  if (path === self)
    return { name: "rows written per authenticated request", ...figure, ...atMost(0.02, rows / requests) };
  return { name: "rows written per reading of a session context", ...figure, ratio: rows / requests };
}

/** A secret with a wrong checksum, refused without a query, against a bare server that only refuses. */
export async function measureRefused(few: BenchDatabase, course: Course): Promise<Figure[]> {
  const [floor, site] = [await startContender("refuse"), await startSite(few)];
  const clock = await DatabaseClock.start(few.url);
  const wrong = few.secrets.map((secret) => `${secret.slice(0, -1)}${secret.endsWith("0") ? "1" : "0"}`);
  const requests = withSecrets(self, wrong);
  try {
    // PostgreSQL counts what the start has looked up a second late, and the first run of background work follows.
    await setTimeout(5000);
    const before = await clock.lookups();
    const laps = await race(
      [
        { name: "floor", url: floor.url, requests, expect: 401 },
        { name: "product", url: site.url, requests, expect: 401 },
      ],
      course,
    );
    await setTimeout(3000);
    const lookups = (await clock.lookups()) - before;
    return [
      {
        name: "refused without a query, of a bare server that refuses",
        ...rates(laps, "product", "floor"),
        ...atLeast(0.6, ratioOf(laps.product, laps.floor)),
        ...noiseOf(laps.product, laps.floor),
      },
      { name: "look-ups of secrets for that", measured: String(lookups), floor: "", ...noMore(0, lookups) },
    ];
  } finally {
    floor.stop();
    await Promise.all([site.stop(), clock.end()]);
  }
}

function rates(laps: Laps, name: string, floor: string) {
  const rate = (of: string) => `${Math.round(medianOf(laps[of], "requestsPerSecond")).toLocaleString("en")}/s`;
  return { measured: rate(name), floor: rate(floor) };
}

function beside(laps: Laps, what: "p99" | "databaseMicroseconds", unit: string) {
  const median = (of: string) => `${Math.round(medianOf(laps[of], what))} ${unit}`;
  return { measured: median("product"), floor: median("floor") };
}
