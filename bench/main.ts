// `npm run bench`: the source of our performance claims. `npm run bench -- --only self,create --many 100000 --rounds 3`
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
import { type Figure, machine, save, show } from "./report";

const { values } = parseArgs({
  options: {
    only: { type: "string" },
    many: { type: "string", default: "1000000" },
    events: { type: "string", default: "10000000" },
    seconds: { type: "string", default: "2" },
    rounds: { type: "string", default: "9" },
  },
});
const seconds = Number(values.seconds);
const course = { connections: 32, seconds, rounds: Number(values.rounds), warmUp: 12 };
const pages = { ...course, connections: 8, warmUp: 40 };

const server = await startBenchServer();
try {
  const databases = new Map<number, Promise<BenchDatabase>>();
  const withTokens = (tokens: number) => {
    const made = databases.get(tokens) ?? makeDatabase(server, tokens);
    databases.set(tokens, made);
    return made;
  };
  const many = () => withTokens(Number(values.many));
  const measures: Record<string, () => Promise<Figure[]>> = {
    refused: async () => measureRefused(await withTokens(1000), course),
    self: async () => measureSelf(await withTokens(1000), await many(), course),
    create: () => measureCreate(server, course),
    exchange: () => measureExchange(server, course),
    "list-rate": async () => measureListRate(await withTokens(100), pages),
    weight: async () => measureWeight(await withTokens(100)),
    "list-depth": async () => measureListDepth(await withTokens(100), await many()),
    memory: async () => measureMemory(await withTokens(1000)),
    "audit-chain": async () => measureAuditChain(await withTokens(1000), course),
    "audit-page": () => measureAuditPage(server, Number(values.events)),
    "audit-export": () => measureAuditExport(server, Number(values.events) / 10),
  };
  await bench(measures, values.only?.split(",") ?? Object.keys(measures));
} finally {
  await server.stop();
}

async function bench(measures: Record<string, () => Promise<Figure[]>>, names: string[]): Promise<void> {
  const unknown = names.filter((name) => !measures[name]);
  if (unknown.length > 0)
    throw new Error(`There is ${Object.keys(measures).join(", ")}, but no ${unknown.join(", ")}.`);
  if (names.includes("list-rate")) execFileSync("npx", ["next", "build", "bench/next-floor"], { stdio: "ignore" });
  const figures: Figure[] = [];
  for (const name of names) {
    console.info(`\n${name} …`);
    figures.push(...((await measures[name]?.()) ?? []));
    show(figures);
  }
  const file = await save({ machine: machine(), postgres: server.version, course, figures });
  console.info(`Written to ${file}.`);
  if (figures.some(({ isReached }) => isReached === false)) process.exitCode = 1;
}
