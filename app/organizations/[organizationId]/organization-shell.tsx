import type { ReactNode } from "react";
import { Shell } from "@/app/shell";
import { PageHeader } from "@/components/ui/page-header";
import { PageTabs } from "@/components/ui/tabs";
import { visibleOrganization } from "@/lib/web/visible-organization";

type Props = {
  organizationId: string;
  tab: "Groups" | "Members" | "Access Tokens" | "Audit Log";
  children: ReactNode;
};

/** An organization's page: its name, and the tabs that the person's role allows. */
export async function OrganizationShell({ organizationId, tab, children }: Props) {
  const { id, name, permissions } = await visibleOrganization(organizationId);
  const base = `/organizations/${id}`;
  const tabs = [
    { href: base, label: "Groups", isAllowed: true },
    { href: `${base}/members`, label: "Members", isAllowed: true },
    { href: `${base}/access-tokens`, label: "Access Tokens", isAllowed: permissions.has("access-tokens:read") },
    { href: `${base}/audit-log`, label: "Audit Log", isAllowed: permissions.has("audit:read") },
  ].filter(({ isAllowed }) => isAllowed);
  return (
    <Shell crumbs={[{ label: name, href: base }, { label: tab }]}>
      <PageHeader title={name} />
      <PageTabs label={name} tabs={tabs}>
        {children}
      </PageTabs>
    </Shell>
  );
}
