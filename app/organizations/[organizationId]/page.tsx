import { CreateGroup } from "@/app/groups/create-group";
import { GroupTable } from "@/app/groups/group-table";
import { EmptyState } from "@/components/ui/empty-state";
import { SectionHeader } from "@/components/ui/header";
import { Pager } from "@/components/ui/pager";
import { organizationScope } from "@/lib/auth/scope";
import { listOrganizationGroups } from "@/lib/organizations/queries";
import { readCursor, type SearchParams } from "@/lib/web/read-cursor";
import { requireUser } from "@/lib/web/session";
import { visible, visibleOrganization } from "@/lib/web/visible";
import { OrganizationShell } from "./organization-shell";

type Props = { params: Promise<{ organizationId: string }>; searchParams: SearchParams };

export default async function OrganizationGroupsPage({ params, searchParams }: Props) {
  const { organizationId } = await params;
  const person = await requireUser();
  const scope = organizationScope(organizationId);
  const { page, cursor } = await visible(
    readCursor(searchParams, (from) => listOrganizationGroups(person, scope, { limit: 50, cursor: from })),
  );
  const organization = await visibleOrganization(organizationId);
  const mayManage = organization.permissions.has("groups:manage");
  const path = `/organizations/${organizationId}`;
  return (
    <OrganizationShell person={person} organization={organization} tab="Groups">
      <SectionHeader isTab title="Groups" action={mayManage && <CreateGroup organizationId={organizationId} />}>
        Groups own test hardware and access tokens, and have members of their own.
      </SectionHeader>
      {page.items.length > 0 ? (
        <GroupTable label="Groups" groups={page.items} mayManage={mayManage} />
      ) : (
        <EmptyState title="No groups yet">
          {mayManage
            ? "Create a group, then add the people who are to work in it."
            : "You see the groups that you are a member of. Ask a group admin to add you by your e-mail address."}
        </EmptyState>
      )}
      <Pager
        label="Pages of groups"
        previousHref={cursor && path}
        nextHref={page.nextCursor ? `${path}?cursor=${page.nextCursor}` : undefined}
      />
    </OrganizationShell>
  );
}
