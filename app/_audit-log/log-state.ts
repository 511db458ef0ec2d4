import { z } from "zod";
import { auditActions } from "@/lib/audit/actions";
import type { AuditFilter } from "@/lib/audit-log/find";
import type { WhichLog } from "@/lib/audit-log/log-of";
import { periodOf } from "@/lib/audit-log/period";
import type { SearchParams } from "@/lib/web/read-cursor";
import type { LogState } from "./log-href";

const fields = {
  group: z.string().max(255),
  actor: z.string().max(255),
  action: z.enum(auditActions),
  token: z.string().max(255),
  from: z.string().max(10),
  to: z.string().max(10),
  zone: z.string().max(64),
};
const exportQuery = z.strictObject(fields).partial();

/** The log's state in the URL. Invalid values are ignored. */
export async function readLogState(searchParams: SearchParams): Promise<LogState> {
  const given = await searchParams;
  const known = (name: keyof typeof fields) => fields[name].safeParse(given[name] || undefined).data;
  const filter = { group: known("group"), actor: known("actor"), action: known("action"), token: known("token") };
  const days = { from: known("from"), to: known("to"), zone: known("zone") };
  const areDays = (days.from || days.to) && filterOf(days);
  const cursor = z.string().max(4096).safeParse(given.cursor).data;
  return { ...filter, ...(areDays && days), cursor };
}

/** The filter in the URL of an export. Undefined if a value is invalid: ignoring it would export too much. */
export function readFilter(query: Record<string, string>): (AuditFilter & WhichLog) | undefined {
  const { data } = exportQuery.safeParse(query);
  return data && filterOf(data);
}

/** Undefined if a day or the time zone is invalid. */
export function filterOf(state: LogState): (AuditFilter & WhichLog) | undefined {
  const { group, actor, action, token, from, to, zone = "UTC" } = state;
  const period = periodOf(from, to, zone);
  return period && { deletedGroupId: group, actorId: actor, action, tokenId: token, ...period };
}

/** The log of a deleted group counts as filtered, so that the page links back to the whole log. */
export function isFiltered({ group, actor, action, token, from, to }: LogState): boolean {
  return Boolean(group || actor || action || token || from || to);
}
