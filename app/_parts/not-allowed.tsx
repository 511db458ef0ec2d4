import { AddMember } from "@/app/_members/add-member";
import { GroupShell } from "@/app/groups/[groupId]/group-shell";
import { OrganizationShell } from "@/app/organizations/[organizationId]/organization-shell";
import { EmptyState } from "@/components/ui/empty-state";
import { organizationScope } from "@/lib/auth/scope";
import { listMembers } from "@/lib/groups/queries";
import type { Member } from "@/lib/members/list";
import { listOrganizationMembers } from "@/lib/organizations/queries";
import { answerForbidden } from "@/lib/web/allowed";
import { requireUser } from "@/lib/web/session";
import { visible, visibleGroup, visibleOrganization } from "@/lib/web/visible";
import type { ScopeFields } from "./paths";

type Props = { scope: ScopeFields; tab: "Access Tokens" | "Audit Log" };

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
          An organization admin manages the group’s members. Its access tokens and its audit log are for group admins:
          join the group as one to see them.
        </EmptyState>
      </GroupShell>
    );
  }
  const { items } = await visible(listMembers(person, groupId, { limit: 100, kind: "person" }));
  return (
    <GroupShell person={person} group={group} tab={tab}>
      <EmptyState title={title}>
        This is for admins of the group. {askOneOf(items, "group_admin", "an organization admin")} if you need the role.
      </EmptyState>
    </GroupShell>
  );
}

async function NotAllowedInOrganization({ organizationId, tab }: { organizationId: string; tab: Props["tab"] }) {
  const person = await requireUser();
  const organization = await visibleOrganization(organizationId);
  const scope = organizationScope(organizationId);
  const { items } = await visible(listOrganizationMembers(person, scope, { limit: 100, kind: "person" }));
  return (
    <OrganizationShell person={person} organization={organization} tab={tab}>
      <EmptyState title={title}>
        This is for admins of the organization. {askOneOf(items, "organization_admin", "your operator")} if you need the
        role.
      </EmptyState>
    </OrganizationShell>
  );
}

/** "Ask Grace Admin or Olivia Braun", with at most three names. */
function askOneOf(members: readonly Member[], role: Member["role"], otherwise: string): string {
  const admins = members.filter((member) => member.role === role).slice(0, 3);
  const names = new Intl.ListFormat("en-GB", { type: "disjunction" }).format(admins.map(({ user }) => user.name));
  return `Ask ${names || otherwise}`;
}
