import type { ReactNode } from "react";
import { TokenHeader } from "@/app/access-tokens/token-header";
import { Shell } from "@/app/shell";
import { PageTabs } from "@/components/ui/tabs";
import { getAccessToken } from "@/lib/access-tokens/queries";
import { groupScope } from "@/lib/auth/scope";
import { requireUser } from "@/lib/web/require-user";
import { visible } from "@/lib/web/visible";
import { visibleGroup } from "@/lib/web/visible-group";

type Props = { groupId: string; tokenId: string; children: ReactNode };

/** A token's page: what it is, and the tabs with what it carries into a session. */
export async function TokenShell({ groupId, tokenId, children }: Props) {
  const group = await visibleGroup(groupId);
  const token = await visible(getAccessToken(await requireUser(), groupScope(groupId), tokenId));
  const list = `/groups/${group.id}/access-tokens`;
  const path = `${list}/${token.id}`;
  const tabs = [
    { href: path, label: "Version Control Access" },
    { href: `${path}/environment-variables`, label: "Environment Variables" },
  ];
  const crumbs = [
    { label: group.organization.name },
    { label: group.name, href: `/groups/${group.id}` },
    { label: "Access Tokens", href: list },
    { label: token.name },
  ];
  return (
    <Shell crumbs={crumbs}>
      <TokenHeader token={token} scope={{ groupId }} mayManage={group.permissions.has("access-tokens:manage")} />
      <PageTabs label={token.name} tabs={tabs}>
        {children}
      </PageTabs>
    </Shell>
  );
}
