import type { Metadata } from "next";
import { Shell } from "@/app/shell";
import { EmptyState } from "@/components/ui/empty-state";
import { PageHeader } from "@/components/ui/page-header";
import { Pager } from "@/components/ui/pager";
import { listGroups } from "@/lib/groups/queries";
import { readCursor, type SearchParams } from "@/lib/web/read-cursor";
import { requireUser } from "@/lib/web/require-user";
import { OrganizationGroups } from "./organization-groups";

export const metadata: Metadata = { title: "Groups" };

export default async function GroupsPage({ searchParams }: { searchParams: SearchParams }) {
  const actor = await requireUser();
  const { page, cursor } = await readCursor(searchParams, (from) => listGroups(actor, { limit: 100, cursor: from }));
  const byOrganization = Map.groupBy(page.items, (group) => group.organizationId);
  return (
    <Shell crumbs={[{ label: "Groups" }]}>
      <PageHeader title="Groups" />
      {page.items.length === 0 && (
        <EmptyState title="You are in no group yet">
          Groups own test hardware and access tokens. Ask a group admin to add you by your e-mail address.
        </EmptyState>
      )}
      {[...byOrganization].map(([id, groups]) => (
        <OrganizationGroups key={id} groups={groups} />
      ))}
      <Pager
        label="Pages of groups"
        previousHref={cursor && "/groups"}
        nextHref={page.nextCursor ? `/groups?cursor=${page.nextCursor}` : undefined}
      />
    </Shell>
  );
}
