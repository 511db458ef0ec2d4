import autocannon from "autocannon";
import type { Contender } from "./contender";

/** What a contender is asked: one request, or several in turn. */
export type Entry = Omit<Contender, "stop" | "usage"> &
  Partial<Pick<Contender, "usage">> & { requests: autocannon.Request[]; expect?: number };
/** `warmUp` in seconds: what is driven before it counts. The more code a page runs, the later it is compiled for good. */
export type Course = { connections: number; seconds: number; rounds: number; warmUp: number };
export type Lap = { requests: number; requestsPerSecond: number; p50: number; p99: number; cpuMicroseconds: number };
export type Laps = Record<string, Lap[]>;

/**
 * Drives all contenders in turn, round after round, each second round in reverse: what slows the machine down for a
 * while slows all of them down. Many short rounds tell more than few long ones. None counts before all are warm.
 */
export async function race(entries: Entry[], course: Course): Promise<Laps> {
  const laps: Laps = Object.fromEntries(entries.map(({ name }) => [name, []]));
  for (const entry of entries) await drive(entry, { ...course, seconds: course.warmUp });
  for (let round = 0; round < course.rounds; round++) {
    for (const entry of round % 2 ? entries.toReversed() : entries) laps[entry.name]?.push(await drive(entry, course));
  }
  return laps;
}

export async function drive(
  { name, url, requests, expect = 200, usage }: Entry,
  { connections, seconds }: Pick<Course, "connections" | "seconds">,
): Promise<Lap> {
  const before = await usage?.();
  const result = await autocannon({ url, connections, duration: seconds, requests });
  const after = await usage?.();
  const answered = Object.keys(result.statusCodeStats ?? {});
  if (result.errors > 0 || answered.some((status) => Number(status) !== expect)) {
    throw new Error(`${name}: ${result.errors} errors, and ${JSON.stringify(result.statusCodeStats)}`);
  }
  return {
    requests: result.requests.total,
    requestsPerSecond: result.requests.total / result.duration,
    p50: result.latency.p50,
    p99: result.latency.p99,
    cpuMicroseconds: ((after?.cpuMicroseconds ?? 0) - (before?.cpuMicroseconds ?? 0)) / result.requests.total,
  };
}

/** One request for each of the secrets, so that no row is hotter than in life. */
export function withSecrets(path: string, secrets: string[]): autocannon.Request[] {
  return secrets.map((secret) => ({ path, headers: { "private-token": secret } }));
}
