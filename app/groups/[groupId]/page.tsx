import type { Metadata } from "next";
import { AddMemberDialog } from "@/app/members/add-member-dialog";
import { MemberLists } from "@/app/members/member-lists";
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
  const { permissions, role } = await visibleGroup(groupId);
  const { page, cursor } = await visible(
    readCursor(searchParams, (from) => listMembers(actor, groupId, { limit: 50, cursor: from })),
  );
  const mayManage = permissions.has("members:manage");
  return (
    <GroupShell groupId={groupId} tab="Members">
      <SectionHeader
        title="People"
        action={
          mayManage && (
            <div className="flex flex-wrap gap-2">
              {!role && <AddMemberDialog groupId={groupId} ownEmail={actor.email} />}
              <AddMemberDialog groupId={groupId} />
            </div>
          )
        }
      />
      <MemberLists path={`/groups/${groupId}`} scope={{ groupId }} {...{ page, cursor, mayManage }} />
    </GroupShell>
  );
}
