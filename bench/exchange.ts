import { z } from "zod";
import { runTask } from "./contender";
import { type BenchServer, makeDatabase } from "./database";
import type { Course } from "./race";
import { type Figure, median } from "./report";

const lapsOf = z.array(z.object({ exchanged: z.number(), verified: z.number() }));

/** Exchanges of ID tokens, each with its transaction and audit event, beside verifications of one by jose alone. */
export async function measureExchange(server: BenchServer, course: Course): Promise<Figure[]> {
  const { env } = await makeDatabase(server, 1000, "exchanges");
  const figures: Figure[] = [];
  for (const callers of [1, 8]) {
    const settings = {
      BENCH_SECONDS: String(course.seconds),
      BENCH_ROUNDS: String(course.rounds),
      BENCH_CALLERS: String(callers),
    };
    const laps = lapsOf.parse(await runTask("exchange-task", { ...env, ...settings }));
    const rate = (what: "exchanged" | "verified") => `${Math.round(median(laps.map((lap) => lap[what])))}/s`;
    figures.push({
      name: `exchanges by ${callers} at once, of bare verifications by jose`,
      measured: rate("exchanged"),
      floor: rate("verified"),
      ratio: median(laps.map(({ exchanged, verified }) => exchanged / verified)),
    });
  }
  return figures;
}
