import type { ScopeFields } from "@/app/_parts/paths";
import { ButtonLink } from "@/components/ui/button-link";
import { EmptyState } from "@/components/ui/empty-state";
import { SectionHeader } from "@/components/ui/header";
import { NavigationArea } from "@/components/ui/navigation-area";
import { Pager } from "@/components/ui/pager";
import { AuditTable } from "./audit-table";
import { ExportButtons } from "./export-buttons";
import { FilterChips } from "./filter-chips";
import { FilterForm } from "./filter-form";
import { logHref, logPathOf } from "./log-href";
import { isFiltered } from "./log-state";
import type { VisibleLog } from "./visible-log";

/** Says that there is no event, or with the path of the whole log that no event matches the filters. */
function NoEvents({ allHref }: { allHref?: string }) {
  if (allHref) {
    return (
      <EmptyState title="No matching events" action={<ButtonLink href={allHref}>Clear filters</ButtonLink>}>
        Nothing in the audit log passes these filters.
      </EmptyState>
    );
  }
  return (
    <EmptyState title="Nothing has happened yet">
      Changes to members and access tokens appear here, with who made them and when.
    </EmptyState>
  );
}

type AuditLogTabProps = { scope: ScopeFields; log: VisibleLog };

export function AuditLogTab({ scope, log }: AuditLogTabProps) {
  const { state, names, objects, items, nextCursor, previousCursor } = log;
  const path = logPathOf(scope);
  const filtered = isFiltered(state);
  const at = (place: string | null) => (place ? logHref(path, state, { cursor: place }) : undefined);
  return (
    <NavigationArea>
      <SectionHeader
        isTab
        title="Audit log"
        action={items.length > 0 && <ExportButtons path={`${path}/export`} state={{ ...state, cursor: undefined }} />}
      >
        Who did what in this {"groupId" in scope ? "group" : state.group ? "deleted group" : "organization"}, newest
        first. Nothing here can be changed. Choose a name to see its events alone.
      </SectionHeader>
      {(items.length > 0 || filtered) && <FilterForm path={path} state={state} />}
      {filtered && <FilterChips path={path} state={state} names={names} />}
      {items.length > 0 ? (
        <AuditTable scope={scope} state={state} events={items} objects={objects} />
      ) : (
        <NoEvents allHref={filtered ? path : undefined} />
      )}
      <Pager label="Pages of the audit log" previousHref={at(previousCursor)} nextHref={at(nextCursor)} />
    </NavigationArea>
  );
}
