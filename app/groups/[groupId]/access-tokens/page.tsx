import type { Metadata } from "next";
import { AccessTokensTab } from "@/app/access-tokens/access-tokens-tab";
import { readListState } from "@/app/access-tokens/list-state";
import type { SearchParams } from "@/lib/web/read-cursor";
import { visibleGroup } from "@/lib/web/visible-group";
import { GroupShell } from "../group-shell";

export const metadata: Metadata = { title: "Access Tokens" };

type Props = { params: Promise<{ groupId: string }>; searchParams: SearchParams };

export default async function AccessTokensPage({ params, searchParams }: Props) {
  const { groupId } = await params;
  const { permissions } = await visibleGroup(groupId);
  return (
    <GroupShell groupId={groupId} tab="Access Tokens">
      <AccessTokensTab
        path={`/groups/${groupId}/access-tokens`}
        scope={{ groupId }}
        state={await readListState(searchParams)}
        mayCreate={permissions.has("access-tokens:create")}
        mayManage={permissions.has("access-tokens:manage")}
      />
    </GroupShell>
  );
}
