import { mkdir, writeFile } from "node:fs/promises";
import { cpus, platform, release, totalmem } from "node:os";
import type { Lap } from "./race";

/** A measurement, its floor and its goal. Some figures have no ratio or no goal. */
export type Figure = {
  name: string;
  measured: string;
  floor: string;
  ratio?: number;
  toReach?: string;
  isReached?: boolean;
};

export function atLeast(least: number, ratio: number) {
  return { ratio, toReach: `≥ ${least}`, isReached: ratio >= least };
}

export function atMost(most: number, ratio: number) {
  return { ratio, toReach: `≤ ${most.toLocaleString("en")}`, isReached: ratio <= most };
}

/** The median over all rounds of the rate as a share of the floor's rate. */
export function ratioOf(laps: Lap[] = [], floor: Lap[] = []): number {
  return median(laps.map(({ requestsPerSecond }, round) => requestsPerSecond / (floor[round]?.requestsPerSecond ?? 0)));
}

export function medianOf(laps: Lap[] = [], what: keyof Lap): number {
  return median(laps.map((lap) => lap[what]));
}

export function median(values: number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 ? (sorted[middle] ?? 0) : ((sorted[middle - 1] ?? 0) + (sorted[middle] ?? 0)) / 2;
}

export function show(figures: Figure[]): void {
  console.table(
    figures.map(({ name, measured, floor, ratio, toReach = "reported", isReached }) => ({
      figure: name,
      measured,
      floor,
      ratio: ratio === undefined ? "" : ratio.toFixed(ratio < 0.1 ? 4 : 2),
      "to reach": toReach,
      "": isReached === undefined ? "" : isReached ? "reached" : "MISSED",
    })),
  );
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

/** Writes the results to bench/results and returns the file's name. */
export async function save(results: object): Promise<string> {
  const name = `bench/results/${new Date().toISOString().replaceAll(":", "-")}.json`;
  await mkdir("bench/results", { recursive: true });
  await writeFile(name, `${JSON.stringify(results, null, 2)}\n`);
  return name;
}
