// `npm run bench`, or `npm run bench -- --tokens 1000 --seconds 3 --rounds 2`: what performance is claimed from.
import { parseArgs } from "node:util";
import { startBenchServer } from "./database";
import { machine, type Summary, save, summarize } from "./report";
import { raceSelf } from "./self";

const claimed = 0.75;

const { values } = parseArgs({
  options: {
    tokens: { type: "string", default: "1000,1000000" },
    seconds: { type: "string", default: "4" },
    rounds: { type: "string", default: "8" },
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
  const self: ({ tokens: number } & Summary)[] = [];
  for (const tokens of values.tokens.split(",").map(Number)) {
    const laps = await raceSelf(server, tokens, course);
    self.push({ tokens, ...summarize(laps) });
    console.table(self.map(row));
  }
  const file = await save({ machine: machine(), postgres: server.version, course, claimed, self });
  console.info(`Written to ${file}. The claim: at least ${claimed} of the floor.`);
  if (self.some(({ ofFloor }) => ofFloor < claimed)) process.exitCode = 1;
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
