import { mkdir, writeFile } from "node:fs/promises";
import { cpus, platform, release, totalmem } from "node:os";
import type { Laps } from "./race";

export type Figures = { requestsPerSecond: number; p50: number; p99: number; cpuMicroseconds: number };
export type Summary = { floor: Figures; api: Figures; ofFloor: number; cpuOfFloor: number };

/** The medians of the laps. `ofFloor`: the median of what each round reached of the same round's floor. */
export function summarize({ floor = [], api = [] }: Laps): Summary {
  const ratios = api.map(({ requestsPerSecond }, round) => requestsPerSecond / (floor[round]?.requestsPerSecond ?? 0));
  const figures = { floor: medians(floor), api: medians(api) };
  const cpuOfFloor = figures.floor.cpuMicroseconds / figures.api.cpuMicroseconds;
  return { ...figures, ofFloor: median(ratios), cpuOfFloor };
}

export function machine() {
  const [cpu] = cpus();
  return {
    cpu: `${cpus().length} × ${cpu?.model}`,
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    system: `${platform()} ${release()}`,
    node: process.version,
  };
}

/** Writes what was measured to bench/results, and answers the file's name. */
export async function save(results: object): Promise<string> {
  const name = `bench/results/${new Date().toISOString().replaceAll(":", "-")}.json`;
  await mkdir("bench/results", { recursive: true });
  await writeFile(name, `${JSON.stringify(results, null, 2)}\n`);
  return name;
}

export function medians(laps: Figures[]): Figures {
  const of = (name: keyof Figures) => median(laps.map((lap) => lap[name]));
  return {
    requestsPerSecond: of("requestsPerSecond"),
    p50: of("p50"),
    p99: of("p99"),
    cpuMicroseconds: of("cpuMicroseconds"),
  };
}

export function median(values: number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 ? (sorted[middle] ?? 0) : ((sorted[middle - 1] ?? 0) + (sorted[middle] ?? 0)) / 2;
}
