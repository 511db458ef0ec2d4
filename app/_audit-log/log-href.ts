import { listHref, ownerPathOf, type ScopeFields } from "@/app/_parts/paths";

/** What the log's address holds. `from` and `to` are days, meant in the time zone `zone`. */
export type LogState = {
  /** A deleted one, whose log it is instead of the organization's own. */
  group?: string;
  actor?: string;
  action?: string;
  token?: string;
  from?: string;
  to?: string;
  zone?: string;
  cursor?: string;
};

/** The address of the scope's Audit Log tab. */
export function logPathOf(fields: ScopeFields): string {
  return `${ownerPathOf(fields)}/audit-log`;
}

/** The address of the log with other values for some of its filters, at the first page. */
export function logHref(path: string, state: LogState, changed: LogState = {}): string {
  const next = { ...state, cursor: undefined, ...changed };
  return listHref(path, next.from || next.to ? next : { ...next, zone: undefined });
}
