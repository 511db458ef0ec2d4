// `npm run bench`, or `npm run bench -- --tokens 1000 --seconds 3 --rounds 2`: what performance is claimed from.
import { parseArgs } from "node:util";
import { startBenchServer } from "./database";
import { measureListPage } from "./list-page";
import { machine, type Summary, save, summarize } from "./report";
import { raceSelf } from "./self";

const claims = { selfOfFloor: 0.75, listPageOfFew: 1.3, scriptBytes: 250_000 };

const { values } = parseArgs({
  options: {
    tokens: { type: "string", default: "1000,1000000" },
    seconds: { type: "string", default: "2" },
    rounds: { type: "string", default: "16" },
  },
});
const course = { connections: 32, seconds: Number(values.seconds), rounds: Number(values.rounds) };

const server = await startBenchServer();
try {
  await bench();
} finally {
  await globalThis.vehaasPool?.end();
  await server.stop();
}

async function bench(): Promise<void> {
  const counts = values.tokens.split(",").map(Number);
  const self: ({ tokens: number } & Summary)[] = [];
  for (const tokens of counts) {
    const laps = await raceSelf(server, tokens, course);
    self.push({ tokens, ...summarize(laps) });
    console.table(self.map(row));
  }
  const listPage = await measureListPage(server, Math.max(...counts));
  console.table([listPage]);
  const file = await save({ machine: machine(), postgres: server.version, course, claims, self, listPage });
  console.info(`Written to ${file}. The claims: ${JSON.stringify(claims)}.`);
  const isKept =
    self.every(({ ofFloor }) => ofFloor >= claims.selfOfFloor) &&
    listPage.ratio <= claims.listPageOfFew &&
    listPage.scriptBytes <= claims.scriptBytes;
  if (!isKept) process.exitCode = 1;
}

function row({ tokens, floor, api, ofFloor, cpuOfFloor }: { tokens: number } & Summary) {
  return {
    tokens,
    "floor req/s": Math.round(floor.requestsPerSecond),
    "api req/s": Math.round(api.requestsPerSecond),
    "of the floor": ofFloor.toFixed(3),
    "floor p99 ms": floor.p99,
    "api p99 ms": api.p99,
    "floor CPU µs": floor.cpuMicroseconds.toFixed(1),
    "api CPU µs": api.cpuMicroseconds.toFixed(1),
    "of its CPU": cpuOfFloor.toFixed(3),
  };
}
