"use server";

import { refresh } from "next/cache";
import { z } from "zod";
import { groupScope } from "@/lib/auth/scope";
import { addMember, addMemberInput, changeMemberRole, changeMemberRoleInput, removeMember } from "@/lib/groups/members";
import { formAction } from "@/lib/web/form-action";

const inGroup = { groupId: z.string() };
const ofUser = { ...inGroup, userId: z.string() };
const fields = (form: FormData) => Object.fromEntries(form);

export const addMemberAction = formAction(
  addMemberInput.extend(inGroup),
  fields,
  async (actor, { groupId, ...input }) => {
    await addMember(actor, groupScope(groupId), input);
    refresh();
  },
);

export const changeMemberRoleAction = formAction(
  changeMemberRoleInput.extend(ofUser),
  fields,
  async (actor, { groupId, userId, role }) => {
    await changeMemberRole(actor, groupScope(groupId), userId, role);
    refresh();
  },
);

export const removeMemberAction = formAction(z.object(ofUser), fields, async (actor, { groupId, userId }) => {
  await removeMember(actor, groupScope(groupId), userId);
  refresh();
});
