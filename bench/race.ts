import autocannon from "autocannon";
import type { Contender } from "./contender";

export type Course = { path: string; secrets: string[]; connections: number; seconds: number; rounds: number };
export type Lap = { requestsPerSecond: number; p50: number; p99: number; cpuMicroseconds: number };
export type Laps = Record<string, Lap[]>;

/**
 * Drives all contenders in turn, round after round, each second round in reverse, so that what slows the machine down
 * for a while slows all of them down. The first round warms up and doesn't count.
 */
export async function race(contenders: Contender[], course: Course): Promise<Laps> {
  const laps: Laps = Object.fromEntries(contenders.map(({ name }) => [name, []]));
  for (let round = 0; round <= course.rounds; round++) {
    for (const contender of round % 2 ? contenders : contenders.toReversed()) {
      const lap = await drive(contender, course);
      if (round > 0) laps[contender.name]?.push(lap);
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
  if (result.non2xx + result.errors + result.timeouts > 0) throw new Error(`${name} has refused requests`);
  return {
    requestsPerSecond: result.requests.total / result.duration,
    p50: result.latency.p50,
    p99: result.latency.p99,
    cpuMicroseconds: used / result.requests.total,
  };
}
