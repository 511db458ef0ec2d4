import { EmptyState } from "@/components/ui/empty-state";
import { SectionHeader } from "@/components/ui/header";
import type { GroupListItem } from "@/lib/groups/queries";
import { GroupTable } from "./group-table";

type Props = { organization: { id: string; name: string }; groups: readonly GroupListItem[] };

/** One organization's groups, with the person's role in each. */
export function OrganizationGroups({ organization: { id, name }, groups }: Props) {
  return (
    <section className="mb-8">
      <SectionHeader title={name} href={`/organizations/${id}`} />
      {groups.length > 0 ? (
        <GroupTable label={`Groups of ${name}`} groups={groups} />
      ) : (
        <EmptyState title="No groups yet">
          Groups own test hardware and access tokens. You see those that you are a member of.
        </EmptyState>
      )}
    </section>
  );
}
