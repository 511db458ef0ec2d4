import autocannon from "autocannon";
import type { Contender } from "./contender";

export type Course = { path: string; secrets: string[]; connections: number; seconds: number; rounds: number };
export type Lap = { requestsPerSecond: number; p50: number; p99: number; cpuMicroseconds: number };
export type Laps = Record<string, Lap[]>;

const warmUp = 6;

/**
 * Drives all contenders in turn, round after round, each second round in reverse: what slows the machine down for a
 * while slows all of them down. Many short rounds tell more than few long ones. None counts before all are warm.
 */
export async function race(contenders: Contender[], course: Course): Promise<Laps> {
  const laps: Laps = Object.fromEntries(contenders.map(({ name }) => [name, []]));
  for (const contender of contenders) await drive(contender, { ...course, seconds: warmUp });
  for (let round = 0; round < course.rounds; round++) {
    for (const contender of round % 2 ? contenders.toReversed() : contenders) {
      laps[contender.name]?.push(await drive(contender, course));
    }
  }
  return laps;
}

async function drive({ name, url, cpuMicroseconds }: Contender, course: Course): Promise<Lap> {
  const before = await cpuMicroseconds();
  const result = await autocannon({
    url,
    connections: course.connections,
    duration: course.seconds,
    requests: course.secrets.map((secret) => ({ path: course.path, headers: { "private-token": secret } })),
  });
  const used = (await cpuMicroseconds()) - before;
  if (result.non2xx + result.errors > 0) {
    throw new Error(`${name}: ${result.errors} errors, and ${JSON.stringify(result.statusCodeStats)}`);
  }
  return {
    requestsPerSecond: result.requests.total / result.duration,
    p50: result.latency.p50,
    p99: result.latency.p99,
    cpuMicroseconds: used / result.requests.total,
  };
}
