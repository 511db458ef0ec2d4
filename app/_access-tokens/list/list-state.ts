import { z } from "zod";
import { sorts } from "@/lib/access-token-list/sort";
import { statuses } from "@/lib/access-tokens/access-token";
import { DomainError } from "@/lib/errors";
import type { SearchParams } from "@/lib/web/read-cursor";
import { isPolicyParam, policyOfParam } from "./policy-param";

const text = z.string().trim().max(255).optional().catch(undefined);
const shape = z.object({
  search: text.transform((value) => value || undefined),
  status: z.enum(statuses).optional().catch(undefined),
  expires: z.literal("soon").optional().catch(undefined),
  used: z.enum(["never", "not-for-30-days"]).optional().catch(undefined),
  created_by: text.transform((value) => value || undefined),
  /** A policy that the tokens don't meet. */
  unmet: z.string().refine(isPolicyParam).optional().catch(undefined),
  sort: z.enum(sorts).optional().catch(undefined),
  cursor: z.string().max(4096).optional().catch(undefined),
  /** The number of the page's first token in the list, only for showing it. */
  first: z
    .string()
    .regex(/^[1-9]\d{0,6}$/)
    .optional()
    .catch(undefined),
});

/** The list's state in the URL. Invalid values are ignored. */
export type ListState = z.output<typeof shape>;

export async function readListState(searchParams: SearchParams): Promise<ListState> {
  return shape.parse(await searchParams);
}

const selecting = shape.omit({ cursor: true, first: true });

/** Which tokens the state selects and in which order, for the query. */
export const listQuery = selecting.transform((state) => ({
  search: state.search,
  searchIn: "names_users_suffix" as const,
  status: state.status,
  expiresSoon: state.expires === "soon",
  idle: state.used && ({ never: "never_used", "not-for-30-days": "not_used_for_30_days" } as const)[state.used],
  createdById: state.created_by,
  unmet: state.unmet === undefined ? undefined : policyOfParam(state.unmet),
  sort: state.sort,
  expiredLast: true,
}));

/**
 * The same for a change of all tokens that a page shows. Throws `malformed` for a filter that is ignored in a URL: the
 * change would apply to more tokens than the page has shown, if that is of another version.
 */
export function wholeListQuery(state: Record<string, unknown>): z.output<typeof listQuery> {
  const read: Record<string, unknown> = selecting.parse(state);
  if (Object.keys(state).some((name) => read[name] !== state[name])) {
    throw new DomainError(
      "malformed",
      "The server doesn't know a filter of this page. Reload the page and select again.",
    );
  }
  return listQuery.parse(state);
}
