import { z } from "zod";
import { runTask } from "./contender";
import type { BenchDatabase } from "./database";
import type { Course } from "./race";
import { atLeast, type Figure, median } from "./report";

const alone = { "@/lib/audit/record": "./bench/audit-event-alone.ts" };

/** Creations by eight writers in one organization, with the audit chain against those that only insert the event. */
export async function measureAuditChain({ env }: BenchDatabase, { seconds, rounds }: Course): Promise<Figure[]> {
  const creations = async (instead: Record<string, string>) =>
    z.number().parse(await runTask("audit-chain-task", { ...env, BENCH_SECONDS: String(seconds) }, instead));
  const laps: { chained: number; alone: number }[] = [];
  for (let round = 0; round < rounds; round++) {
    const first = await creations(round % 2 ? {} : alone);
    const second = await creations(round % 2 ? alone : {});
    laps.push(round % 2 ? { chained: first, alone: second } : { chained: second, alone: first });
  }
  const rate = (what: "chained" | "alone") => `${Math.round(median(laps.map((lap) => lap[what])))}/s`;
  return [
    {
      name: "creations by 8 writers in one organization, of those without the chain",
      measured: rate("chained"),
      floor: rate("alone"),
      ...atLeast(0.7, median(laps.map(({ chained, alone }) => chained / alone))),
    },
  ];
}
