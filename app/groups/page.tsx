import { Shell } from "@/app/_parts/shell";
import { EmptyState } from "@/components/ui/empty-state";
import { PageHeader } from "@/components/ui/header";
import { Pager } from "@/components/ui/pager";
import { listAttention } from "@/lib/attention/queries";
import { listGroups } from "@/lib/groups/queries";
import { listOrganizations } from "@/lib/organizations/queries";
import { readCursor, type SearchParams } from "@/lib/web/read-cursor";
import { requireUser } from "@/lib/web/session";
import { NeedsAttention } from "./needs-attention";
import { OrganizationGroups } from "./organization-groups";

export default async function GroupsPage({ searchParams }: { searchParams: SearchParams }) {
  const person = await requireUser();
  const { page, cursor } = await readCursor(searchParams, (from) => listGroups(person, { limit: 100, cursor: from }));
  const [organizations, attention] = await Promise.all([
    listOrganizations(person),
    cursor ? [] : listAttention(person),
  ]);
  const byOrganization = Map.groupBy(page.items, (group) => group.organizationId);
  // Organizations without groups are on the first page, because the pages list groups.
  const shown = organizations.filter(({ id, hasVisibleGroups }) =>
    hasVisibleGroups ? byOrganization.has(id) : !cursor,
  );
  return (
    <Shell person={person} titles={["Groups"]} crumbs={[{ label: "Groups" }]}>
      <PageHeader title="Groups" />
      {organizations.length === 0 && (
        <EmptyState title="You are in no organization yet">
          Groups own test hardware and access tokens, and belong to an organization. Ask an organization admin to invite
          you by your e-mail address.
        </EmptyState>
      )}
      <NeedsAttention attention={attention} now={new Date()} />
      {shown.map((organization) => (
        <OrganizationGroups
          key={organization.id}
          organization={organization}
          groups={byOrganization.get(organization.id) ?? []}
        />
      ))}
      <Pager
        label="Pages of groups"
        previousHref={cursor && "/groups"}
        nextHref={page.nextCursor ? `/groups?cursor=${page.nextCursor}` : undefined}
      />
    </Shell>
  );
}
