import { existsSync, readFileSync } from "node:fs";
import { z } from "zod";

const file = new URL("../../shared/cases/inputs.json", import.meta.url);

const shape = z.array(
  z
    .object({
      field: z.string(),
      value: z.unknown(),
      expect: z.enum(["accept", "reject"]),
      why: z.string(),
      gen: z.object({ repeat: z.string(), times: z.number() }).optional(),
      setup: z.string().optional(),
    })
    .transform(({ gen, value, ...rest }) => ({ ...rest, value: gen ? gen.repeat.repeat(gen.times) : value })),
);

/** The shared cases of one field; none if they aren't stored beside the checkout. */
export function sharedCases(field: string): z.output<typeof shape> {
  if (!existsSync(file)) return [];
  return shape.parse(JSON.parse(readFileSync(file, "utf8"))).filter((one) => one.field === field);
}
