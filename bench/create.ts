import { z } from "zod";
import { runTask } from "./contender";
import { type BenchServer, makeDatabase } from "./database";
import type { Course } from "./race";
import { atLeast, type Figure, median } from "./report";

const lapsOf = z.array(z.object({ created: z.number(), token: z.number(), text: z.number() }));
type Lap = z.output<typeof lapsOf>[number];

/**
 * A creation (token, technical user, membership and audit event in one transaction) against a bare insert into
 * access_tokens. Also reported: against an insert into a table with only a primary key, and with eight writers.
 */
export async function measureCreate(server: BenchServer, course: Course): Promise<Figure[]> {
  const [alone, many] = [await creations(server, course, 1), await creations(server, course, 8)];
  return [
    { ...figure(alone, 1, "token"), ...atLeast(0.12, ratio(alone, "token")) },
    figure(alone, 1, "text"),
    figure(many, 8, "token"),
    figure(many, 8, "text"),
  ];
}

async function creations(server: BenchServer, { seconds, rounds }: Course, writers: number): Promise<Lap[]> {
  const name = `creations_by_${writers}`;
  const { env } = await makeDatabase(server, 1000, name);
  const course = { BENCH_SECONDS: String(seconds), BENCH_ROUNDS: String(rounds), BENCH_WRITERS: String(writers) };
  return lapsOf.parse(await runTask("create-task", { ...env, ...course }));
}

const rows = { token: "one row of access_tokens", text: "one row of a table without keys" };

function figure(laps: Lap[], writers: number, floor: keyof typeof rows): Figure {
  const rate = (what: keyof Lap) => `${Math.round(median(laps.map((lap) => lap[what])))}/s`;
  return {
    name: `creations by ${writers} at once, of bare inserts of ${rows[floor]}`,
    measured: rate("created"),
    floor: rate(floor),
    ratio: ratio(laps, floor),
  };
}

function ratio(laps: Lap[], floor: keyof typeof rows): number {
  return median(laps.map((lap) => lap.created / lap[floor]));
}
