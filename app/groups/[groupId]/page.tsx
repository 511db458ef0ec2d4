import type { Metadata } from "next";
import { AddMemberDialog } from "@/app/members/add-member-dialog";
import { PeopleTable } from "@/app/members/people-table";
import { TechnicalUsers } from "@/app/members/technical-users";
import { Pager } from "@/components/ui/pager";
import { SectionHeader } from "@/components/ui/section-header";
import { listMembers } from "@/lib/groups/queries";
import { readCursor, type SearchParams } from "@/lib/web/read-cursor";
import { requireUser } from "@/lib/web/require-user";
import { visible } from "@/lib/web/visible";
import { visibleGroup } from "@/lib/web/visible-group";
import { GroupShell } from "./group-shell";

export const metadata: Metadata = { title: "Members" };

type Props = { params: Promise<{ groupId: string }>; searchParams: SearchParams };

export default async function MembersPage({ params, searchParams }: Props) {
  const { groupId } = await params;
  const actor = await requireUser();
  const { permissions } = await visibleGroup(groupId);
  const { page, cursor } = await visible(
    readCursor(searchParams, (from) => listMembers(actor, groupId, { limit: 50, cursor: from })),
  );
  const people = page.items.filter(({ kind }) => kind === "person");
  const technicalUsers = page.items.filter(({ kind }) => kind === "technical");
  const mayManage = permissions.has("members:manage");
  return (
    <GroupShell groupId={groupId} tab="Members">
      <SectionHeader title="People" action={mayManage && <AddMemberDialog groupId={groupId} />} />
      {people.length > 0 && <PeopleTable groupId={groupId} people={people} mayManage={mayManage} />}
      {technicalUsers.length > 0 && <TechnicalUsers members={technicalUsers} />}
      <Pager
        label="Pages of members"
        previousHref={cursor && `/groups/${groupId}`}
        nextHref={page.nextCursor ? `/groups/${groupId}?cursor=${page.nextCursor}` : undefined}
      />
    </GroupShell>
  );
}
