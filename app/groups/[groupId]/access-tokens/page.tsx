import { AccessTokensTab } from "@/app/_access-tokens/list/tab";
import { visibleTokens } from "@/app/_access-tokens/list/visible-tokens";
import { NotAllowed } from "@/app/_parts/not-allowed";
import { groupOf } from "@/lib/groups/queries";
import type { SearchParams } from "@/lib/web/read-cursor";
import { requireUser } from "@/lib/web/session";
import { allowed } from "@/lib/web/visible";
import { GroupShell } from "../group-shell";

type Props = { params: Promise<{ groupId: string }>; searchParams: SearchParams };

export default async function AccessTokensPage({ params, searchParams }: Props) {
  const { groupId } = await params;
  const scope = { groupId };
  const person = await requireUser();
  const tokens = await allowed(visibleTokens(person, scope, searchParams));
  if (!tokens) return <NotAllowed scope={scope} tab="Access Tokens" />;
  return (
    <GroupShell person={person} group={groupOf(tokens.access)} tab="Access Tokens">
      <AccessTokensTab scope={scope} tokens={tokens} />
    </GroupShell>
  );
}
