// `npm run bench`: the source of our performance claims. `--full` takes more rows, rounds and figures.
// `npm run bench -- --only self,create --many 100000 --rounds 3`
import { execFileSync } from "node:child_process";
import { parseArgs } from "node:util";
import { measureRefused, measureSelf } from "./api-figures";
import { measureAuditChain } from "./audit-chain";
import { measureAuditExport, measureAuditPage } from "./audit-log";
import { measureCreate } from "./create";
import { type BenchDatabase, makeDatabase, startBenchServer } from "./database";
import { measureExchange } from "./exchange";
import { measureListDepth, measureListRate } from "./list-page";
import { measureMemory } from "./memory";
import { measureWeight } from "./page-weight";
import { type Figure, machine, show } from "./report";
import { lastFigures, save } from "./results";
import { measureRevocations } from "./revocations";

const { values } = parseArgs({
  options: {
    full: { type: "boolean", default: false },
    only: { type: "string" },
    many: { type: "string" },
    events: { type: "string" },
    revocations: { type: "string" },
    seconds: { type: "string" },
    rounds: { type: "string" },
  },
});
/** A full run takes more than an hour, the usual one a quarter of an hour on two cores. */
const size = values.full
  ? { many: 1_000_000, events: 10_000_000, revocations: 10_000, seconds: 2, rounds: 9, warmUp: 12, warmUpOfPages: 40 }
  : { many: 100_000, events: 100_000, revocations: 1000, seconds: 2, rounds: 5, warmUp: 3, warmUpOfPages: 8 };
const given = (name: "many" | "events" | "revocations" | "seconds" | "rounds") => Number(values[name] ?? size[name]);
const course = { connections: 32, seconds: given("seconds"), rounds: given("rounds"), warmUp: size.warmUp };
const pages = { ...course, connections: 8, warmUp: size.warmUpOfPages };
/** Measured by a full run alone. */
const long = ["memory", "audit-export"];

const server = await startBenchServer();
try {
  const databases = new Map<number, Promise<BenchDatabase>>();
  const withTokens = (tokens: number) => {
    const made = databases.get(tokens) ?? makeDatabase(server, tokens);
    databases.set(tokens, made);
    return made;
  };
  const many = () => withTokens(given("many"));
  const measures: Record<string, () => Promise<Figure[]>> = {
    refused: async () => measureRefused(await withTokens(1000), course),
    self: async () => measureSelf(await withTokens(1000), await many(), course),
    revocations: () => measureRevocations(server, given("revocations")),
    create: () => measureCreate(server, course),
    exchange: () => measureExchange(server, course),
    "list-rate": async () => measureListRate(await withTokens(100), pages),
    weight: async () => measureWeight(await withTokens(100)),
    "list-depth": async () => measureListDepth(await withTokens(100), await many()),
    memory: async () => measureMemory(await withTokens(1000)),
    "audit-chain": async () => measureAuditChain(await withTokens(1000), course),
    "audit-page": () => measureAuditPage(server, given("events")),
    "audit-export": () => measureAuditExport(server, given("events") / 10),
  };
  const usual = Object.keys(measures).filter((name) => values.full || !long.includes(name));
  await bench(measures, values.only?.split(",") ?? usual);
} finally {
  await server.stop();
}

async function bench(measures: Record<string, () => Promise<Figure[]>>, names: string[]): Promise<void> {
  const unknown = names.filter((name) => !measures[name]);
  if (unknown.length > 0)
    throw new Error(`There is ${Object.keys(measures).join(", ")}, but no ${unknown.join(", ")}.`);
  if (names.includes("list-rate")) execFileSync("npx", ["next", "build", "bench/next-floor"], { stdio: "ignore" });
  const earlier = await lastFigures();
  const figures: Figure[] = [];
  try {
    for (const name of names) {
      console.info(`\n${name} …`);
      figures.push(...((await measures[name]?.()) ?? []));
      show(figures, earlier);
    }
  } finally {
    // A figure that can't be measured does not lose the others.
    const file = await save({ machine: machine(), postgres: server.version, course, figures });
    console.info(`Written to ${file}.`);
  }
  if (figures.some(({ isReached }) => isReached === false)) process.exitCode = 1;
}
