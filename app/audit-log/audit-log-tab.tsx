import type { ScopeFields } from "@/app/access-tokens/scope-fields";
import { NavigationArea } from "@/components/ui/navigation-area";
import { Pager } from "@/components/ui/pager";
import { SectionHeader } from "@/components/ui/section-header";
import { AuditTable } from "./audit-table";
import { ExportButtons } from "./export-buttons";
import { FilterChips } from "./filter-chips";
import { FilterForm } from "./filter-form";
import { logHref, logPathOf } from "./log-href";
import { isFiltered } from "./log-state";
import { NoEvents } from "./no-events";
import type { VisibleLog } from "./visible-log";

type Props = { scope: ScopeFields; log: VisibleLog };

/** The Audit Log tab of a group or an organization. */
export function AuditLogTab({ scope, log }: Props) {
  const { state, names, items, nextCursor, previousCursor } = log;
  const path = logPathOf(scope);
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
