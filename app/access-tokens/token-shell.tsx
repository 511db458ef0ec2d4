import type { ReactNode } from "react";
import { Shell } from "@/app/shell";
import { PageTabs } from "@/components/ui/tabs";
import { getAccessToken } from "@/lib/access-tokens/queries";
import { requireUser } from "@/lib/web/require-user";
import { visible } from "@/lib/web/visible";
import { visibleOwner } from "./owner";
import { listPathOf, scopeOf } from "./scope";
import type { ScopeFields } from "./scope-fields";
import { TokenHeader } from "./token-header";

type Props = { scope: ScopeFields; tokenId: string; children: ReactNode };

/** A token's page: what it is, and the tabs with what it carries into a session. */
export async function TokenShell({ scope, tokenId, children }: Props) {
  const person = await requireUser();
  const { crumbs, permissions } = await visibleOwner(scope);
  const token = await visible(getAccessToken(person, scopeOf(scope), tokenId));
  const list = listPathOf(scope);
  const path = `${list}/${token.id}`;
  const tabs = [
    { href: path, label: "Version Control Access" },
    { href: `${path}/environment-variables`, label: "Environment Variables" },
  ];
  return (
    <Shell person={person} crumbs={[...crumbs, { label: "Access Tokens", href: list }, { label: token.name }]}>
      <TokenHeader token={token} scope={scope} mayManage={permissions.has("access-tokens:manage")} />
      <PageTabs label={token.name} tabs={tabs}>
        {children}
      </PageTabs>
    </Shell>
  );
}
