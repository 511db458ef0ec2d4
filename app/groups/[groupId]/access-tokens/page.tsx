import type { Metadata } from "next";
import { AccessTokensTab } from "@/app/access-tokens/access-tokens-tab";
import { visibleTokens } from "@/app/access-tokens/visible-tokens";
import type { SearchParams } from "@/lib/web/read-cursor";
import { requireUser } from "@/lib/web/require-user";
import { visibleGroup } from "@/lib/web/visible-group";
import { GroupShell } from "../group-shell";

export const metadata: Metadata = { title: "Access Tokens" };

type Props = { params: Promise<{ groupId: string }>; searchParams: SearchParams };

export default async function AccessTokensPage({ params, searchParams }: Props) {
  const { groupId } = await params;
  const scope = { groupId };
  const person = await requireUser();
  const group = await visibleGroup(groupId);
  const tokens = await visibleTokens(person, scope, searchParams);
  return (
    <GroupShell person={person} group={group} tab="Access Tokens">
      <AccessTokensTab scope={scope} tokens={tokens} permissions={group.permissions} />
    </GroupShell>
  );
}
