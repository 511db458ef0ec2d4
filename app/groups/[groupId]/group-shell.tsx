import type { ReactNode } from "react";
import { TabbedFrame } from "@/app/_parts/tabbed-frame";
import type { GroupDetail } from "@/lib/groups/queries";
import type { SignedInPerson } from "@/lib/sign-in/sessions";

type Props = {
  person: SignedInPerson;
  group: GroupDetail;
  tab: "Members" | "Access Tokens" | "Audit Log" | "Settings";
  children: ReactNode;
};

/** A group's page: its name, and the tabs that the person may open, or has asked for. */
export function GroupShell({ person, group, tab, children }: Props) {
  const base = `/groups/${group.id}`;
  const tabs = [
    { href: base, label: "Members", isAllowed: true },
    { href: `${base}/access-tokens`, label: "Access Tokens", isAllowed: group.permissions.has("access-tokens:read") },
    { href: `${base}/audit-log`, label: "Audit Log", isAllowed: group.permissions.has("audit:read") },
    { href: `${base}/settings`, label: "Settings", isAllowed: group.permissions.has("settings:manage") },
  ].filter(({ isAllowed, label }) => isAllowed || label === tab);
  return (
    <TabbedFrame
      person={{ name: person.name, email: person.email }}
      crumbs={[
        { label: group.organization.name, href: `/organizations/${group.organization.id}` },
        { label: group.name, href: base },
        { label: tab },
      ]}
      id={group.id}
      title={group.name}
      tabs={tabs}
    >
      {children}
    </TabbedFrame>
  );
}
