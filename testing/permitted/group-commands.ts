import { getGroup, listMembers } from "@/lib/groups/queries";
import { addMember, changeMemberRole, removeMember } from "@/lib/members/in-group";
import { createPerson, type Tenant } from "@/testing/tenant";
import type { Permitted } from "./command";

export type GroupPlace = { tenant: Tenant; group: Tenant["group"] };

const newPerson = ({ tenant }: GroupPlace) => createPerson(tenant.organization.id, "organization_user");
const newMember = ({ tenant, group }: GroupPlace) =>
  createPerson(tenant.organization.id, "organization_user", { [group.id]: "group_user" });

export const groupCommands: Permitted<GroupPlace>[] = [
  {
    name: "getGroup",
    act: "see",
    prepare:
      async ({ group }) =>
      (actor) =>
        getGroup(actor, group.id),
  },
  {
    name: "listMembers",
    act: "see",
    prepare:
      async ({ group }) =>
      (actor) =>
        listMembers(actor, group.id),
  },
  {
    name: "addMember",
    act: "manage",
    prepare: async (place) => {
      const { email } = await newPerson(place);
      return (actor) => addMember(actor, place.group.scope, { email, role: "group_user" });
    },
  },
  {
    name: "changeMemberRole",
    act: "manage",
    prepare: async (place) => {
      const { userId } = await newMember(place);
      return (actor) => changeMemberRole(actor, place.group.scope, userId, "group_admin");
    },
  },
  {
    name: "removeMember",
    act: "manage",
    prepare: async (place) => {
      const { userId } = await newMember(place);
      return (actor) => removeMember(actor, place.group.scope, userId);
    },
  },
];
