import type { Actor } from "@/lib/auth/actor";
import { createGroup, renameGroup } from "@/lib/groups/change";
import { deleteGroup, getGroupContents } from "@/lib/groups/delete";
import { createInvitation } from "@/lib/invitations/create";
import { listInvitations } from "@/lib/invitations/queries";
import { revokeInvitation } from "@/lib/invitations/revoke";
import { changeOrganizationRole, removeFromOrganization } from "@/lib/members/in-organization";
import { getOrganization, listOrganizationGroups } from "@/lib/organizations/queries";
import { createPerson, type Tenant } from "@/testing/tenant";
import type { Permitted } from "./command";

let made = 0;
const unusedName = () => `made for permissions ${++made}`;
const newInvitation = () => ({ email: `invited-${++made}@example.com`, role: "organization_user" as const });

/** Prepares a new group for the command. */
function onGroup(run: (actor: Actor, tenant: Tenant, group: { id: string; name: string }) => Promise<unknown>) {
  return async (tenant: Tenant) => {
    const name = unusedName();
    const { id } = await createGroup(tenant.organizationAdmin, tenant.organization.scope, { name });
    return (actor: Actor) => run(actor, tenant, { id, name });
  };
}

function onMember(run: (actor: Actor, tenant: Tenant, userId: string) => Promise<unknown>) {
  return async (tenant: Tenant) => {
    const { userId } = await createPerson(tenant.organization.id, "organization_user");
    return (actor: Actor) => run(actor, tenant, userId);
  };
}

export const organizationCommands: Permitted<Tenant>[] = [
  {
    name: "getOrganization",
    act: "see",
    prepare:
      async ({ organization }) =>
      (actor) =>
        getOrganization(actor, organization.id),
  },
  {
    name: "listOrganizationGroups",
    act: "see",
    prepare:
      async ({ organization }) =>
      (actor) =>
        listOrganizationGroups(actor, organization.scope),
  },
  {
    name: "createGroup",
    act: "manage",
    prepare:
      async ({ organization }) =>
      (actor) =>
        createGroup(actor, organization.scope, { name: unusedName() }),
  },
  {
    name: "renameGroup",
    act: "manage",
    prepare: onGroup((actor, { organization }, { id }) =>
      renameGroup(actor, organization.scope, id, { name: unusedName() }),
    ),
  },
  {
    name: "getGroupContents",
    act: "manage",
    prepare: onGroup((actor, { organization }, { id }) => getGroupContents(actor, organization.scope, id)),
  },
  {
    name: "deleteGroup",
    act: "manage",
    prepare: onGroup((actor, { organization }, { id, name }) => deleteGroup(actor, organization.scope, id, { name })),
  },
  {
    name: "changeOrganizationRole",
    act: "manage",
    prepare: onMember((actor, { organization }, userId) =>
      changeOrganizationRole(actor, organization.scope, userId, "organization_admin"),
    ),
  },
  {
    name: "removeFromOrganization",
    act: "manage",
    prepare: onMember((actor, { organization }, userId) => removeFromOrganization(actor, organization.scope, userId)),
  },
  {
    name: "createInvitation",
    act: "manage",
    prepare:
      async ({ organization }) =>
      (actor) =>
        createInvitation(actor, organization.scope, newInvitation()),
  },
  {
    name: "listInvitations",
    act: "manage",
    prepare:
      async ({ organization }) =>
      (actor) =>
        listInvitations(actor, organization.scope),
  },
  {
    name: "revokeInvitation",
    act: "manage",
    prepare: async ({ organization, organizationAdmin }) => {
      const { invitation } = await createInvitation(organizationAdmin, organization.scope, newInvitation());
      return (actor) => revokeInvitation(actor, organization.scope, invitation.id);
    },
  },
];
