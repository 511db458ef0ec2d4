import { z } from "zod";
import { statuses } from "@/lib/access-tokens/access-token";
import { sorts } from "@/lib/access-tokens/sort";
import type { SearchParams } from "@/lib/web/read-cursor";

const text = z.string().trim().max(255).optional().catch(undefined);
const shape = z.object({
  search: text.transform((value) => value || undefined),
  status: z.enum(statuses).optional().catch(undefined),
  sort: z.enum(sorts).optional().catch(undefined),
  cursor: z.string().max(4096).optional().catch(undefined),
});

/** What the address says of the list: all of it optional, and left out where it says nothing that we know. */
export type ListState = z.output<typeof shape>;

export async function readListState(searchParams: SearchParams): Promise<ListState> {
  return shape.parse(await searchParams);
}
