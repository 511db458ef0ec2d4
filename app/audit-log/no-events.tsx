import { ButtonLink } from "@/components/ui/button-link";
import { EmptyState } from "@/components/ui/empty-state";

/** No event at all, or, with the address of the whole log, none that the filters let through. */
export function NoEvents({ allHref }: { allHref?: string }) {
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
