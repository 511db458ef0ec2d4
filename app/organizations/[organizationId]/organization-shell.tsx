import type { ReactNode } from "react";
import { TabbedFrame } from "@/app/_parts/tabbed-frame";
import type { OrganizationDetail } from "@/lib/organizations/queries";
import type { SignedInPerson } from "@/lib/sign-in/sessions";

type Props = {
  person: SignedInPerson;
  organization: Omit<OrganizationDetail, "createdAt">;
  tab: "Groups" | "Members" | "Access Tokens" | "Audit Log" | "Settings";
  children: ReactNode;
};

/** An organization's page: its name, and the tabs that the person may open, or has asked for. */
export function OrganizationShell({ person, organization, tab, children }: Props) {
  const { id, name, permissions } = organization;
  const base = `/organizations/${id}`;
  const tabs = [
    { href: base, label: "Groups", isAllowed: true },
    { href: `${base}/members`, label: "Members", isAllowed: true },
    { href: `${base}/access-tokens`, label: "Access Tokens", isAllowed: permissions.has("access-tokens:read") },
    { href: `${base}/audit-log`, label: "Audit Log", isAllowed: permissions.has("audit:read") },
    { href: `${base}/settings`, label: "Settings", isAllowed: permissions.has("settings:manage") },
  ].filter(({ isAllowed, label }) => isAllowed || label === tab);
  return (
    <TabbedFrame
      person={{ name: person.name, email: person.email }}
      crumbs={[{ label: name, href: base }, { label: tab }]}
      id={id}
      title={name}
      tabs={tabs}
    >
      {children}
    </TabbedFrame>
  );
}
