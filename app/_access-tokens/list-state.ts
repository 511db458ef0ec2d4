import { z } from "zod";
import { sorts } from "@/lib/access-token-list/sort";
import { statuses } from "@/lib/access-tokens/access-token";
import type { SearchParams } from "@/lib/web/read-cursor";

const text = z.string().trim().max(255).optional().catch(undefined);
const shape = z.object({
  search: text.transform((value) => value || undefined),
  status: z.enum(statuses).optional().catch(undefined),
  sort: z.enum(sorts).optional().catch(undefined),
  cursor: z.string().max(4096).optional().catch(undefined),
});

/** The list's state in the URL. Invalid values are ignored. */
export type ListState = z.output<typeof shape>;

export async function readListState(searchParams: SearchParams): Promise<ListState> {
  return shape.parse(await searchParams);
}
