import autocannon from "autocannon";
import type { DatabaseClock } from "./database-clock";
import { processorTime } from "./processor-time";

/** A contender and its requests, which are sent in turn. */
export type Entry = {
  name: string;
  url: string;
  requests: autocannon.Request[];
  expect?: number;
  clock?: DatabaseClock;
  pid?: number | undefined;
};
/** `warmUp`: rounds that don't count. The more code a page runs, the longer V8 takes to optimize it. */
export type Course = { connections: number; seconds: number; rounds: number; warmUp: number };
/** Microseconds of processor time for one request: of the contender's main thread, and of PostgreSQL. */
export type Lap = {
  requests: number;
  requestsPerSecond: number;
  p50: number;
  p99: number;
  microseconds: number;
  databaseMicroseconds: number;
};
export type Laps = Record<string, Lap[]>;

/**
 * Drives all contenders in turn in many short rounds, in changing order, so that a slow phase of the machine affects all
 * of them. They also warm up in turn: V8 drops compiled code and memory of a process that idles for a minute.
 */
export async function race(entries: Entry[], course: Course): Promise<Laps> {
  const laps: Laps = Object.fromEntries(entries.map(({ name }) => [name, []]));
  for (let round = -course.warmUp; round < course.rounds; round++) {
    for (const entry of orderOf(entries, round + course.warmUp)) {
      const lap = await drive(entry, course);
      if (round >= 0) laps[entry.name]?.push(lap);
    }
  }
  return laps;
}

function orderOf(entries: Entry[], round: number): Entry[] {
  const first = round % entries.length;
  const order = [...entries.slice(first), ...entries.slice(0, first)];
  return round % 2 ? order.reverse() : order;
}

export async function drive(
  { name, url, requests, expect = 200, clock, pid }: Entry,
  { connections, seconds }: Pick<Course, "connections" | "seconds">,
): Promise<Lap> {
  const before = await clock?.read();
  const earlier = await processorTime(pid);
  // Each connection begins with another request. Otherwise all would send the same one at about the same time.
  const apart = Math.ceil(requests.length / connections);
  let clients = 0;
  const setupClient = (client: autocannon.Client) => {
    const first = clients++ * apart;
    client.setRequests([...requests.slice(first), ...requests.slice(0, first)]);
  };
  const result = await autocannon({ url, connections, duration: seconds, requests, setupClient });
  const time = (await processorTime(pid)) - earlier;
  const databaseTime = clock && before ? await clock.since(before) : Number.NaN;
  const answered = Object.keys(result.statusCodeStats ?? {});
  if (result.errors > 0 || answered.some((status) => Number(status) !== expect)) {
    throw new Error(`${name}: ${result.errors} errors, and ${JSON.stringify(result.statusCodeStats)}`);
  }
  return {
    requests: result.requests.total,
    requestsPerSecond: result.requests.total / result.duration,
    p50: result.latency.p50,
    p99: result.latency.p99,
    microseconds: time / 1000 / result.requests.total,
    databaseMicroseconds: databaseTime / result.requests.total,
  };
}

/** One request for each secret, so that no row is accessed more often than in production. */
export function withSecrets(path: string, secrets: string[]): autocannon.Request[] {
  return secrets.map((secret) => ({ path, headers: { "private-token": secret } }));
}
