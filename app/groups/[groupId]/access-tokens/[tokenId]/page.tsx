import type { Metadata } from "next";
import { TokenHeader } from "@/app/access-tokens/token-header";
import { Shell } from "@/app/shell";
import { getAccessToken } from "@/lib/access-tokens/queries";
import { groupScope } from "@/lib/auth/scope";
import { requireUser } from "@/lib/web/require-user";
import { visible } from "@/lib/web/visible";
import { visibleGroup } from "@/lib/web/visible-group";

export const metadata: Metadata = { title: "Access Token" };

type Props = { params: Promise<{ groupId: string; tokenId: string }> };

export default async function AccessTokenPage({ params }: Props) {
  const { groupId, tokenId } = await params;
  const group = await visibleGroup(groupId);
  const token = await visible(getAccessToken(await requireUser(), groupScope(groupId), tokenId));
  const crumbs = [
    { label: group.organization.name },
    { label: group.name, href: `/groups/${groupId}` },
    { label: "Access Tokens", href: `/groups/${groupId}/access-tokens` },
    { label: token.name },
  ];
  return (
    <Shell crumbs={crumbs}>
      <TokenHeader token={token} scope={{ groupId }} mayManage={group.permissions.has("access-tokens:manage")} />
    </Shell>
  );
}
