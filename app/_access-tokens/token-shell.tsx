import type { ReactNode } from "react";
import { listPathOf, type ScopeFields } from "@/app/_parts/paths";
import { scopeOf } from "@/app/_parts/scope";
import { Shell } from "@/app/_parts/shell";
import type { Crumb } from "@/components/breadcrumbs";
import { Callout } from "@/components/ui/callout";
import { PageTabs } from "@/components/ui/tabs";
import { getRevoker } from "@/lib/access-tokens/activity/queries";
import { getAccessToken } from "@/lib/access-tokens/queries";
import { getPendingRotation } from "@/lib/access-tokens/rotation/queries";
import type { Permission } from "@/lib/auth/authorize";
import { settings } from "@/lib/env";
import { requireUser } from "@/lib/web/session";
import { visible, visibleGroup, visibleOrganization } from "@/lib/web/visible";
import { BothSecrets } from "./rotation/both-secrets";
import { TokenHeader } from "./token-header";

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

const unusable = {
  revoked: {
    title: "This access token is revoked",
    text: "No session can use its settings until the token is reactivated.",
  },
  expired: {
    title: "This access token has expired",
    text: "It can’t be used again, and no session will use its settings.",
  },
};

type TokenShellProps = {
  scope: ScopeFields;
  tokenId: string;
  /** True for a tab that offers settings: where the token can't be used, it says so. */
  offersSettings?: boolean;
  children: ReactNode;
};

/** A token's page: its facts, and tabs for its settings and its activity. */
export async function TokenShell({ scope, tokenId, offersSettings = true, children }: TokenShellProps) {
  const person = await requireUser();
  const { crumbs, permissions } = await visibleOwner(scope);
  const token = await visible(getAccessToken(person, tokenId, scopeOf(scope)));
  const revoker = token.revokedAt ? await visible(getRevoker(person, scopeOf(scope), token)) : undefined;
  const rotation = token.retiringSecret ? await visible(getPendingRotation(person, token.id)) : undefined;
  const mayManage = permissions.has("access-tokens:manage");
  const mayRotate = permissions.has("access-tokens:rotate");
  const list = listPathOf(scope);
  const path = `${list}/${token.id}`;
  const tabs = [
    { href: path, label: "Version Control Access" },
    { href: `${path}/environment-variables`, label: "Environment Variables" },
    { href: `${path}/trusted-pipelines`, label: "Trusted Pipelines" },
    { href: `${path}/activity`, label: "Activity" },
  ];
  const why = token.status === "active" ? undefined : unusable[token.status];
  return (
    <Shell
      person={person}
      titles={[token.name, ...crumbs.slice(-1).map(({ label }) => label)]}
      crumbs={[...crumbs, { label: "Access Tokens", href: list }, { label: token.name }]}
    >
      <TokenHeader
        token={token}
        revokedBy={revoker?.name}
        scope={scope}
        mayManage={mayManage}
        rotatesUpTo={mayRotate ? settings().TOKEN_MAX_LIFETIME_DAYS : undefined}
      />
      {rotation && <BothSecrets token={token} rotation={rotation} mayRotate={mayRotate} />}
      <PageTabs label={token.name} tabs={tabs}>
        {offersSettings && mayManage && why && (
          <div className="mb-4">
            <Callout title={why.title}>{why.text}</Callout>
          </div>
        )}
        {children}
      </PageTabs>
    </Shell>
  );
}
