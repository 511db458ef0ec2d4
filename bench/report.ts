import { cpus, platform, release, totalmem } from "node:os";
import type { Lap } from "./race";

/**
 * A measurement, its floor and its goal. Some figures have no ratio or no goal. `value` is what the goal is about: the
 * ratio, or an amount such as bytes. `noise` is the share by which it varies between rounds.
 */
export type Figure = {
  name: string;
  measured: string;
  floor: string;
  ratio?: number;
  value?: number;
  noise?: number;
  toReach?: string;
  isReached?: boolean;
  missedBy?: string;
};

export function atLeast(least: number, ratio: number) {
  const isReached = ratio >= least;
  return { ratio, value: ratio, toReach: `≥ ${least}`, isReached, missedBy: isReached ? "" : shown(least - ratio) };
}

export function atMost(most: number, ratio: number) {
  return { ratio, ...noMore(most, ratio) };
}

/** The same for an amount, such as bytes. */
export function noMore(most: number, value: number) {
  const isReached = value <= most;
  return { value, toReach: `≤ ${amount(most)}`, isReached, missedBy: isReached ? "" : shown(value - most) };
}

/** The median over all rounds of the rate as a share of the floor's rate, and how much it varies. */
export function ratioOf(laps: Lap[] = [], floor: Lap[] = [], what: keyof Lap = "requestsPerSecond"): number {
  return median(ratiosOf(laps, floor, what));
}

/** Half the range of the middle half of the rounds, as a share of their median. */
export function noiseOf(laps: Lap[] = [], floor: Lap[] = [], what: keyof Lap = "requestsPerSecond") {
  const ratios = ratiosOf(laps, floor, what).toSorted((a, b) => a - b);
  const quarter = Math.floor(ratios.length / 4);
  const [low = 0, high = 0] = [ratios[quarter], ratios.at(-1 - quarter)];
  return { noise: (high - low) / 2 / median(ratios) };
}

function ratiosOf(laps: Lap[], floor: Lap[], what: keyof Lap): number[] {
  return laps.map((lap, round) => lap[what] / (floor[round]?.[what] ?? Number.NaN));
}

export function medianOf(laps: Lap[] = [], what: keyof Lap): number {
  return median(laps.map((lap) => lap[what]));
}

export function median(values: number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 ? (sorted[middle] ?? 0) : ((sorted[middle - 1] ?? 0) + (sorted[middle] ?? 0)) / 2;
}

const amount = (value: number) => value.toLocaleString("en");

/** A ratio with two digits, a small one with two that count, an amount in full. */
function shown(value: number): string {
  if (value >= 100) return amount(Math.round(value));
  return value >= 0.1 ? value.toFixed(2) : String(Number(value.toPrecision(2)));
}

export function show(figures: Figure[], earlier: Figure[]): void {
  console.table(
    figures.map((figure) => ({
      figure: figure.name,
      measured: figure.measured,
      floor: figure.floor,
      ratio: figure.ratio === undefined ? "" : shown(figure.ratio),
      "to reach": figure.toReach ?? "reported",
      "": figure.isReached === undefined ? "" : figure.isReached ? "reached" : `MISSED by ${figure.missedBy}`,
      "last time": comparedWith(
        figure,
        earlier.find(({ name }) => name === figure.name),
      ),
    })),
  );
}

/** Noise that every figure is granted. */
const leastNoise = 0.05;

/** The value of the last time, marked if the figure is worse by more than the noise of both. */
function comparedWith({ value, toReach, noise = 0 }: Figure, earlier: Figure | undefined): string {
  if (value === undefined || earlier?.value === undefined) return "";
  const allowed = Math.max(noise, earlier.noise ?? 0, leastNoise);
  const isRate = toReach?.startsWith("≥");
  const isWorse = isRate ? value < earlier.value * (1 - allowed) : value > earlier.value * (1 + allowed);
  return isWorse ? `${shown(earlier.value)}, FELL` : shown(earlier.value);
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
