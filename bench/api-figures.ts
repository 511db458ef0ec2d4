import { setTimeout } from "node:timers/promises";
import { type Contender, startContender } from "./contender";
import { type BenchDatabase, rowsWritten } from "./database";
import { type Course, drive, type Entry, type Laps, race, withSecrets } from "./race";
import { atLeast, atMost, type Figure, medianOf, ratioOf } from "./report";

const self = "/api/v2.0/access-tokens/self";
const context = "/api/v2.0/session-context";

/** `GET /access-tokens/self` with few and many tokens against a bare server with the same query; the session context. */
export async function measureSelf(few: BenchDatabase, many: BenchDatabase, course: Course): Promise<Figure[]> {
  const contenders = [
    await startContender("floor", { env: few.env }),
    await startContender("api", { env: few.env }),
    await startContender("api", { as: "many", env: many.env }),
  ];
  const [floor, api, apiOfMany] = contenders as [Contender, Contender, Contender];
  try {
    const writes = [await measureWrites(few, api, self), await measureWrites(few, api, context)];
    const laps = await race(
      [
        { ...floor, requests: withSecrets("/", few.secrets) },
        { ...api, requests: withSecrets(self, few.secrets) },
        { ...apiOfMany, requests: withSecrets(self, many.secrets) },
        { ...api, name: "context", requests: withSecrets(context, few.secrets) },
        { ...api, name: "pipelines", requests: withSecrets(self, few.pipelineSecrets) },
      ],
      course,
    );
    return [...figuresOf(laps, few, many), ...writes];
  } finally {
    for (const contender of contenders) contender.stop();
  }
}

function figuresOf(laps: Laps, few: BenchDatabase, many: BenchDatabase): Figure[] {
  const [fewTokens, manyTokens] = [few, many].map(({ tokens }) => `${tokens.toLocaleString("en")} tokens`);
  const tail = medianOf(laps.api, "p99") / medianOf(laps.floor, "p99");
  return [
    {
      name: `self, ${fewTokens}, of a bare server with its query`,
      ...rates(laps, "api", "floor"),
      ...atLeast(0.8, ratioOf(laps.api, laps.floor)),
    },
    { name: `its p99, of that server’s`, ...tails(laps, "api", "floor"), ...atMost(2, tail) },
    {
      name: `self, ${manyTokens}, of itself with ${fewTokens}`,
      ...rates(laps, "many", "api"),
      ...atLeast(0.8, ratioOf(laps.many, laps.api)),
    },
    {
      name: "self by pipeline secrets, of self",
      ...rates(laps, "pipelines", "api"),
      ...atLeast(0.9, ratioOf(laps.pipelines, laps.api)),
    },
    {
      name: "session context, 20 variables, of self",
      ...rates(laps, "context", "api"),
      ...atLeast(0.5, ratioOf(laps.context, laps.api)),
    },
  ];
}

// The worst case: no token was used lately, so each use is written once in the first seconds, then not for minutes.
const writing = { connections: 32, seconds: 20 };

/** Authenticated requests record the last use of the token, and reads of a session context who read it; both rarely. */
async function measureWrites(database: BenchDatabase, api: Contender, path: string): Promise<Figure> {
  const before = await rowsWritten(database);
  const { requests } = await drive({ ...api, requests: withSecrets(path, database.secrets) }, writing);
  // PostgreSQL counts the writes of an idle connection a second late, and the last use is written once a second.
  await setTimeout(3000);
  const rows = (await rowsWritten(database)) - before;
  return {
    name: path === self ? "rows written per authenticated request" : "rows written per reading of a session context",
    measured: `${rows.toLocaleString("en")} of ${requests.toLocaleString("en")}`,
    floor: "",
    ...atMost(0.02, rows / requests),
    ...(path === self ? {} : { toReach: undefined, isReached: undefined }),
  };
}

/** A secret with a wrong checksum, refused without a query, against a bare server that only refuses. */
export async function measureRefused(few: BenchDatabase, course: Course): Promise<Figure[]> {
  const [floor, api] = [await startContender("refuse"), await startContender("api", { env: few.env })];
  const wrong = few.secrets.map((secret) => `${secret.slice(0, -1)}${secret.endsWith("0") ? "1" : "0"}`);
  const entries = [floor, api].map((one): Entry => ({ ...one, requests: withSecrets(self, wrong), expect: 401 }));
  try {
    const laps = await race(entries, course);
    const { queries } = await api.usage();
    return [
      {
        name: "refused without a query, of a bare server that refuses",
        ...rates(laps, "api", "refuse"),
        ...atLeast(0.5, ratioOf(laps.api, laps.refuse)),
      },
      { name: "queries for that", measured: String(queries), floor: "", ...atMost(0, queries) },
    ];
  } finally {
    floor.stop();
    api.stop();
  }
}

function rates(laps: Laps, name: string, floor: string) {
  const rate = (of: string) => `${Math.round(medianOf(laps[of], "requestsPerSecond")).toLocaleString("en")}/s`;
  return { measured: rate(name), floor: rate(floor) };
}

function tails(laps: Laps, name: string, floor: string) {
  const tail = (of: string) => `${medianOf(laps[of], "p99")} ms`;
  return { measured: tail(name), floor: tail(floor) };
}
