import { z } from "zod";
import type { AuditFilter } from "@/lib/audit/find";
import { periodOf } from "@/lib/audit/period";
import type { SearchParams } from "@/lib/web/read-cursor";
import { auditActions } from "./labels";
import type { LogState } from "./log-href";

const fields = {
  actor: z.string().max(255),
  action: z.enum(auditActions),
  token: z.string().max(255),
  from: z.string().max(10),
  to: z.string().max(10),
  zone: z.string().max(64),
};
const exportQuery = z.strictObject(fields).partial();

/** What the address says of the log: all of it optional, and left out where it says nothing that we know. */
export async function readLogState(searchParams: SearchParams): Promise<LogState> {
  const given = await searchParams;
  const known = (name: keyof typeof fields) => fields[name].safeParse(given[name] || undefined).data;
  const filter = { actor: known("actor"), action: known("action"), token: known("token") };
  const days = { from: known("from"), to: known("to"), zone: known("zone") };
  const areDays = (days.from || days.to) && filterOf(days);
  const cursor = z.string().max(4096).safeParse(given.cursor).data;
  return { ...filter, ...(areDays && days), cursor };
}

/** The filter of an export's address, where all of it can be taken: what isn't understood must not let everything out. */
export function readFilter(query: Record<string, string>): AuditFilter | undefined {
  const { data } = exportQuery.safeParse(query);
  return data && filterOf(data);
}

/** Undefined where a day, or the zone, is none. */
export function filterOf({ actor, action, token, from, to, zone = "UTC" }: LogState): AuditFilter | undefined {
  const period = periodOf(from, to, zone);
  return period && { actorId: actor, action, tokenId: token, ...period };
}

export function isFiltered({ actor, action, token, from, to }: LogState): boolean {
  return Boolean(actor || action || token || from || to);
}
