import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import type { Figure } from "./report";

const folder = "bench/results";

const saved = z.object({
  figures: z.array(
    z.object({
      name: z.string(),
      measured: z.string(),
      floor: z.string(),
      value: z.number().nullish(),
      noise: z.number().nullish(),
    }),
  ),
});

/** The figures of earlier results, each as it was the last time that it was measured. */
export async function lastFigures(): Promise<Figure[]> {
  const names = await readdir(folder).catch(() => []);
  const last = new Map<string, Figure>();
  for (const name of names.filter((one) => one.endsWith(".json")).sort()) {
    const { figures } = saved.parse(JSON.parse(await readFile(join(folder, name), "utf8")));
    for (const { value, noise, ...figure } of figures)
      last.set(figure.name, { ...figure, ...(value != null && { value }), ...(noise != null && { noise }) });
  }
  return [...last.values()];
}

/** Writes the results to bench/results and returns the file's name. */
export async function save(results: object): Promise<string> {
  const name = join(folder, `${new Date().toISOString().replaceAll(":", "-")}.json`);
  await mkdir(folder, { recursive: true });
  await writeFile(name, `${JSON.stringify(results, null, 2)}\n`);
  return name;
}
