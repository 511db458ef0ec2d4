import { z } from "zod";
import { runTask } from "./contender";
import type { BenchDatabase } from "./database";
import type { Course } from "./race";
import { atLeast, type Figure, median } from "./report";

const lapsOf = z.array(z.object({ created: z.number(), inserted: z.number() }));

/** Token, technical user, membership and audit event in one transaction, beside an insert of one row. */
export async function measureCreate(database: BenchDatabase, course: Course): Promise<Figure[]> {
  return [await creations(database, course, 1), { ...(await creations(database, course, 8)), ...reported }];
}

// Eight at once share their syncs to disk: then a round trip more costs as much as an insert, and it takes five.
const reported = { toReach: undefined, isReached: undefined };

async function creations(database: BenchDatabase, { seconds, rounds }: Course, writers: number): Promise<Figure> {
  const env = { BENCH_SECONDS: String(seconds), BENCH_ROUNDS: String(rounds), BENCH_WRITERS: String(writers) };
  const laps = lapsOf.parse(await runTask("create-task", { ...database.env, ...env }));
  const rate = (what: "created" | "inserted") => `${Math.round(median(laps.map((lap) => lap[what])))}/s`;
  const ratio = median(laps.map(({ created, inserted }) => created / inserted));
  return {
    name: `creations by ${writers} at once, of bare inserts of one row`,
    measured: rate("created"),
    floor: rate("inserted"),
    ...atLeast(0.25, ratio),
  };
}
