import { AddMember } from "@/app/_members/add-member";
import { GroupShell } from "@/app/groups/[groupId]/group-shell";
import { OrganizationShell } from "@/app/organizations/[organizationId]/organization-shell";
import { EmptyState } from "@/components/ui/empty-state";
import type { Role } from "@/db/enums";
import type { Actor } from "@/lib/auth/actor";
import { groupScope, organizationScope, type Scope } from "@/lib/auth/scope";
import { listPeople } from "@/lib/members/queries";
import { requireUser } from "@/lib/web/session";
import { answerForbidden, visible, visibleGroup, visibleOrganization } from "@/lib/web/visible";
import type { ScopeFields } from "./paths";

type Props = { scope: ScopeFields; tab: "Access Tokens" | "Audit Log" | "Settings" };

/** In the frame of a group or an organization: what the person's role lacks, and who can help. Answers 403. */
export function NotAllowed({ scope, tab }: Props) {
  answerForbidden();
  if ("groupId" in scope) return <NotAllowedInGroup groupId={scope.groupId} tab={tab} />;
  return <NotAllowedInOrganization organizationId={scope.organizationId} tab={tab} />;
}

const title = "You are not allowed to see this";

async function NotAllowedInGroup({ groupId, tab }: { groupId: string; tab: Props["tab"] }) {
  const person = await requireUser();
  const group = await visibleGroup(groupId);
  if (!group.role && group.permissions.has("members:manage")) {
    return (
      <GroupShell person={person} group={group} tab={tab}>
        <EmptyState title={title} action={<AddMember groupId={groupId} ownEmail={person.email} />}>
          An organization admin manages the group’s members. Its access tokens, its audit log and its settings are for
          group admins: join the group as one to see them.
        </EmptyState>
      </GroupShell>
    );
  }
  const whom = await askOneOf(person, groupScope(groupId), "group_admin", "an organization admin");
  return (
    <GroupShell person={person} group={group} tab={tab}>
      <EmptyState title={title}>This is for admins of the group. {whom} if you need the role.</EmptyState>
    </GroupShell>
  );
}

async function NotAllowedInOrganization({ organizationId, tab }: { organizationId: string; tab: Props["tab"] }) {
  const person = await requireUser();
  const organization = await visibleOrganization(organizationId);
  const whom = await askOneOf(person, organizationScope(organizationId), "organization_admin", "your operator");
  return (
    <OrganizationShell person={person} organization={organization} tab={tab}>
      <EmptyState title={title}>This is for admins of the organization. {whom} if you need the role.</EmptyState>
    </OrganizationShell>
  );
}

/** "Ask Grace Admin or Olivia Braun", with at most three names. */
async function askOneOf(person: Actor, scope: Scope, role: Role, otherwise: string): Promise<string> {
  const { items } = await visible(listPeople(person, scope, { role, limit: 3 }));
  const names = new Intl.ListFormat("en-GB", { type: "disjunction" }).format(items.map(({ name }) => name));
  return `Ask ${names || otherwise}`;
}
