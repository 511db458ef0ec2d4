import { listHref, ownerPathOf, type ScopeFields } from "@/app/_parts/paths";

/** The log's state in the URL. `from` and `to` are days in the time zone `zone`. */
export type LogState = {
  /** A deleted group. The page then shows its log instead of the organization's. */
  group?: string;
  actor?: string;
  action?: string;
  token?: string;
  from?: string;
  to?: string;
  zone?: string;
  cursor?: string;
};

/** The path of the scope's Audit Log tab. */
export function logPathOf(fields: ScopeFields): string {
  return `${ownerPathOf(fields)}/audit-log`;
}

/** The URL of the log's first page with some filters changed. */
export function logHref(path: string, state: LogState, changed: LogState = {}): string {
  const next = { ...state, cursor: undefined, ...changed };
  return listHref(path, next.from || next.to ? next : { ...next, zone: undefined });
}
