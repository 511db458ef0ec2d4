import { redirect } from "next/navigation";
import type { ScopeFields } from "@/app/_parts/paths";
import { scopeOf } from "@/app/_parts/scope";
import { auditFilterNames } from "@/lib/audit-log/names";
import { auditObjects } from "@/lib/audit-log/objects";
import { listAuditEvents } from "@/lib/audit-log/queries";
import type { Actor } from "@/lib/auth/actor";
import { readCursor, type SearchParams } from "@/lib/web/read-cursor";
import { visible } from "@/lib/web/visible";
import { logHref, logPathOf } from "./log-href";
import { filterOf, readLogState } from "./log-state";

export type VisibleLog = Awaited<ReturnType<typeof visibleLog>>;

/**
 * The events that the URL asks for, and the names of its filters. 404 or 403 if the actor may not see them. A cursor past
 * the last event leads to `firstHref`, by default the log's own first page.
 */
export async function visibleLog(actor: Actor, scope: ScopeFields, searchParams: SearchParams, firstHref?: string) {
  const state = await readLogState(searchParams);
  const filter = filterOf(state) ?? {};
  const [{ page, cursor }, names] = await Promise.all([
    visible(
      readCursor(state, (from) => listAuditEvents(actor, scopeOf(scope), { ...filter, limit: 50, cursor: from })),
    ),
    visible(auditFilterNames(actor, scopeOf(scope), filter)),
  ]);
  if (page.items.length === 0 && cursor) redirect(firstHref ?? logHref(logPathOf(scope), state));
  const objects = await visible(auditObjects(actor, scopeOf(scope), filter, page.items));
  return { ...page, state, names, objects };
}
