import { z } from "zod";
import { runTask } from "./contender";
import type { BenchDatabase } from "./database";
import type { Course } from "./race";
import { atLeast, type Figure, median } from "./report";

const lapsOf = z.array(z.object({ created: z.number(), inserted: z.number() }));

/** Token, technical user, membership and audit event in one transaction, beside an insert of one row. */
export async function measureCreate(database: BenchDatabase, { seconds, rounds }: Course): Promise<Figure[]> {
  const env = { ...database.env, BENCH_SECONDS: String(seconds), BENCH_ROUNDS: String(rounds) };
  const laps = lapsOf.parse(await runTask("create-task", env));
  const rate = (what: "created" | "inserted") => `${Math.round(median(laps.map((lap) => lap[what])))}/s`;
  const ratio = median(laps.map(({ created, inserted }) => created / inserted));
  return [
    {
      name: "creations, of bare inserts of one row",
      measured: rate("created"),
      floor: rate("inserted"),
      ...atLeast(0.25, ratio),
    },
  ];
}
