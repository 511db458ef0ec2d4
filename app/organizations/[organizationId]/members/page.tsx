import { MemberLists } from "@/app/_members/member-lists";
import { Invitations } from "@/app/invitations/invitations";
import { InviteDialog } from "@/app/invitations/invite-dialog";
import { SectionHeader } from "@/components/ui/header";
import { organizationScope } from "@/lib/auth/scope";
import { listOrganizationMembers } from "@/lib/organizations/queries";
import { readCursor, type SearchParams } from "@/lib/web/read-cursor";
import { requireUser } from "@/lib/web/session";
import { visible, visibleOrganization } from "@/lib/web/visible";
import { OrganizationShell } from "../organization-shell";

type Props = { params: Promise<{ organizationId: string }>; searchParams: SearchParams };

export default async function OrganizationMembersPage({ params, searchParams }: Props) {
  const { organizationId } = await params;
  const person = await requireUser();
  const scope = organizationScope(organizationId);
  const { page, cursor } = await visible(
    readCursor(searchParams, (from) => listOrganizationMembers(person, scope, { limit: 50, cursor: from })),
  );
  const organization = await visibleOrganization(organizationId);
  const mayManage = organization.permissions.has("members:manage");
  return (
    <OrganizationShell person={person} organization={organization} tab="Members">
      <SectionHeader title="People" action={mayManage && <InviteDialog organizationId={organizationId} />} />
      <MemberLists
        path={`/organizations/${organizationId}/members`}
        scope={{ organizationId }}
        {...{ page, cursor, mayManage }}
      />
      {!cursor && <Invitations organizationId={organizationId} mayManage={mayManage} />}
    </OrganizationShell>
  );
}
