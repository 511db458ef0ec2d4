"use server";

import { refresh } from "next/cache";
import { z } from "zod";
import { scopeFields } from "@/app/_parts/scope";
import { groupScope, organizationScope } from "@/lib/auth/scope";
import {
  addMember,
  addMemberInput,
  changeMemberRole,
  changeMemberRoleInput,
  removeMember,
} from "@/lib/members/in-group";
import {
  changeOrganizationRole,
  changeOrganizationRoleInput,
  removeFromOrganization,
} from "@/lib/members/in-organization";
import { formAction } from "@/lib/web/form-action";

const inGroup = { groupId: z.string() };
const inOrganization = { organizationId: z.string() };
const ofUser = { userId: z.string() };

export const addMemberAction = formAction(addMemberInput.extend(inGroup), async (actor, { groupId, ...input }) => {
  await addMember(actor, groupScope(groupId), input);
  refresh();
});

export const changeMemberRoleAction = formAction(
  z.union([
    changeMemberRoleInput.extend({ ...inGroup, ...ofUser }),
    changeOrganizationRoleInput.extend({ ...inOrganization, ...ofUser }),
  ]),
  async (actor, input) => {
    if ("groupId" in input) await changeMemberRole(actor, groupScope(input.groupId), input.userId, input.role);
    else await changeOrganizationRole(actor, organizationScope(input.organizationId), input.userId, input.role);
    refresh();
  },
);

export const removeMemberAction = formAction(z.object(ofUser).and(scopeFields), async (actor, input) => {
  if ("groupId" in input) await removeMember(actor, groupScope(input.groupId), input.userId);
  else await removeFromOrganization(actor, organizationScope(input.organizationId), input.userId);
  // Whoever left may no longer see this page, and the browser opens another one.
  if (input.userId !== actor.userId) refresh();
});
