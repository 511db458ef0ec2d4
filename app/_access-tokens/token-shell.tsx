import type { ReactNode } from "react";
import { listPathOf, type ScopeFields } from "@/app/_parts/paths";
import { roleLabels } from "@/app/_parts/role-labels";
import { scopeOf } from "@/app/_parts/scope";
import { Shell } from "@/app/_parts/shell";
import type { Crumb } from "@/components/breadcrumbs";
import { Time } from "@/components/time";
import { DescriptionList } from "@/components/ui/description-list";
import { PageHeader } from "@/components/ui/header";
import { PageTabs } from "@/components/ui/tabs";
import type { AccessToken } from "@/lib/access-tokens/access-token";
import { getAccessToken } from "@/lib/access-tokens/queries";
import type { Permission } from "@/lib/auth/authorize";
import { requireUser } from "@/lib/web/session";
import { visible, visibleGroup, visibleOrganization } from "@/lib/web/visible";
import { EditButton } from "./changes/edit-button";
import { TokenStatus } from "./token-status";

type Owner = { crumbs: Crumb[]; permissions: ReadonlySet<Permission> };

/** The breadcrumbs of the page's group or organization and the person's permissions there. 404 if it is not visible. */
export async function visibleOwner(scope: ScopeFields): Promise<Owner> {
  if ("organizationId" in scope) {
    const { id, name, permissions } = await visibleOrganization(scope.organizationId);
    return { crumbs: [{ label: name, href: `/organizations/${id}` }], permissions };
  }
  const { id, name, organization, permissions } = await visibleGroup(scope.groupId);
  const around = { label: organization.name, href: `/organizations/${organization.id}` };
  return { crumbs: [around, { label: name, href: `/groups/${id}` }], permissions };
}

type TokenHeaderProps = { token: AccessToken; scope: ScopeFields; mayManage: boolean };

function TokenHeader({ token, scope, mayManage }: TokenHeaderProps) {
  const now = new Date();
  const facts = [
    { term: "Status", value: <TokenStatus token={token} scope={scope} now={now} mayManage={mayManage} leavesPage /> },
    { term: "Role", value: roleLabels[token.role] },
    { term: "Technical User", value: token.technicalUser.username },
    { term: "Secret", value: <code className="font-mono">…{token.tokenSuffix}</code> },
    { term: "Created By", value: token.createdBy.name },
    { term: "Created", value: <Time instant={token.createdAt} now={now} /> },
    { term: "Last Used", value: token.lastUsedAt ? <Time instant={token.lastUsedAt} now={now} /> : "Never" },
    { term: "Expires", value: <Time instant={token.expiresAt} now={now} /> },
  ];
  return (
    <PageHeader
      title={token.name}
      action={
        mayManage && (
          <EditButton
            place={{ ...scope, tokenId: token.id }}
            token={{ name: token.name, description: token.description }}
          />
        )
      }
    >
      {token.description && <p className="mb-4 max-w-[70ch] wrap-anywhere">{token.description}</p>}
      <DescriptionList items={facts} />
    </PageHeader>
  );
}

type TokenShellProps = { scope: ScopeFields; tokenId: string; children: ReactNode };

/** A token's page: its facts, and tabs for its version control access and environment variables. */
export async function TokenShell({ scope, tokenId, children }: TokenShellProps) {
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
    <Shell
      person={person}
      titles={[token.name, ...crumbs.slice(-1).map(({ label }) => label)]}
      crumbs={[...crumbs, { label: "Access Tokens", href: list }, { label: token.name }]}
    >
      <TokenHeader token={token} scope={scope} mayManage={permissions.has("access-tokens:manage")} />
      <PageTabs label={token.name} tabs={tabs}>
        {children}
      </PageTabs>
    </Shell>
  );
}
