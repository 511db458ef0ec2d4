import { AddMember } from "@/app/_members/add-member";
import { MemberLists } from "@/app/_members/member-lists";
import { visibleMembers } from "@/app/_members/visible-members";
import { SectionHeader } from "@/components/ui/header";
import type { SearchParams } from "@/lib/web/read-cursor";
import { requireUser } from "@/lib/web/session";
import { visibleGroup } from "@/lib/web/visible";
import { GroupShell } from "./group-shell";

type Props = { params: Promise<{ groupId: string }>; searchParams: SearchParams };

export default async function MembersPage({ params, searchParams }: Props) {
  const { groupId } = await params;
  const person = await requireUser();
  const group = await visibleGroup(groupId);
  const members = await visibleMembers(person, { groupId }, searchParams);
  const mayManage = group.permissions.has("members:manage");
  return (
    <GroupShell person={person} group={group} tab="Members">
      <SectionHeader
        title="People"
        action={
          mayManage && (
            <div className="flex flex-wrap gap-2">
              {!group.role && <AddMember groupId={groupId} ownEmail={person.email} />}
              <AddMember groupId={groupId} />
            </div>
          )
        }
      />
      <MemberLists
        path={`/groups/${groupId}`}
        scope={{ groupId }}
        members={members}
        ownId={person.userId}
        mayManage={mayManage}
      />
    </GroupShell>
  );
}
