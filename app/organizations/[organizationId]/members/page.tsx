import { MemberLists } from "@/app/_members/member-lists";
import { type VisibleMembers, visibleMembers } from "@/app/_members/visible-members";
import { Invitations } from "@/app/invitations/invitations";
import { InviteDialog } from "@/app/invitations/invite-dialog";
import { SectionHeader } from "@/components/ui/header";
import type { SearchParams } from "@/lib/web/read-cursor";
import { requireUser } from "@/lib/web/session";
import { visibleOrganization } from "@/lib/web/visible";
import { OrganizationShell } from "../organization-shell";

type Props = { params: Promise<{ organizationId: string }>; searchParams: SearchParams };

export default async function OrganizationMembersPage({ params, searchParams }: Props) {
  const { organizationId } = await params;
  const person = await requireUser();
  const members = await visibleMembers(person, { organizationId }, searchParams);
  const organization = await visibleOrganization(organizationId);
  const mayManage = organization.permissions.has("members:manage");
  return (
    <OrganizationShell person={person} organization={organization} tab="Members">
      <SectionHeader title="People" action={mayManage && <InviteDialog organizationId={organizationId} />} />
      <MemberLists
        path={`/organizations/${organizationId}/members`}
        scope={{ organizationId }}
        members={members}
        ownId={person.userId}
        mayManage={mayManage}
      />
      {isFirstPage(members) && <Invitations organizationId={organizationId} mayManage={mayManage} />}
    </OrganizationShell>
  );
}

function isFirstPage({ search, people, technicalUsers }: VisibleMembers): boolean {
  return !search && !people.cursor && !technicalUsers.cursor;
}
