import { redirect } from "next/navigation";
import { scopeOf } from "@/app/access-tokens/scope";
import type { ScopeFields } from "@/app/access-tokens/scope-fields";
import { NavigationArea } from "@/components/ui/navigation-area";
import { Pager } from "@/components/ui/pager";
import { SectionHeader } from "@/components/ui/section-header";
import { auditFilterNames } from "@/lib/audit/names";
import { listAuditEvents } from "@/lib/audit/queries";
import { readCursor, type SearchParams } from "@/lib/web/read-cursor";
import { requireUser } from "@/lib/web/require-user";
import { visible } from "@/lib/web/visible";
import { AuditTable } from "./audit-table";
import { ExportButtons } from "./export-buttons";
import { FilterChips } from "./filter-chips";
import { FilterForm } from "./filter-form";
import { logHref } from "./log-href";
import { filterOf, isFiltered, readLogState } from "./log-state";
import { NoEvents } from "./no-events";

type Props = { scope: ScopeFields; searchParams: SearchParams };

/** The Audit Log tab of a group or an organization. */
export async function AuditLogTab({ scope, searchParams }: Props) {
  const actor = await requireUser();
  const state = await readLogState(searchParams);
  const filter = filterOf(state) ?? {};
  const path =
    "groupId" in scope ? `/groups/${scope.groupId}/audit-log` : `/organizations/${scope.organizationId}/audit-log`;
  const [{ page, cursor }, names] = await Promise.all([
    visible(
      readCursor(state, (from) => listAuditEvents(actor, scopeOf(scope), { ...filter, limit: 50, cursor: from })),
    ),
    visible(auditFilterNames(actor, scopeOf(scope), filter)),
  ]);
  const { items, nextCursor, previousCursor } = page;
  if (items.length === 0 && cursor) redirect(logHref(path, state));
  const filtered = isFiltered(state);
  const at = (place: string | null) => (place ? logHref(path, state, { cursor: place }) : undefined);
  return (
    <NavigationArea>
      <SectionHeader
        title="Audit log"
        action={items.length > 0 && <ExportButtons path={`${path}/export`} state={{ ...state, cursor: undefined }} />}
      >
        Who did what in this {"groupId" in scope ? "group" : state.group ? "deleted group" : "organization"}, newest
        first. Nothing here can be changed. Choose a name to see its events alone.
      </SectionHeader>
      {(items.length > 0 || filtered) && <FilterForm path={path} state={state} />}
      {filtered && <FilterChips path={path} state={state} names={names} />}
      {items.length > 0 ? (
        <AuditTable path={path} state={state} events={items} />
      ) : (
        <NoEvents allHref={filtered ? path : undefined} />
      )}
      <Pager label="Pages of the audit log" previousHref={at(previousCursor)} nextHref={at(nextCursor)} />
    </NavigationArea>
  );
}
