"use server";

import { refresh } from "next/cache";
import { z } from "zod";
import { organizationScope } from "@/lib/auth/scope";
import { createGroup, groupNameInput, renameGroup } from "@/lib/groups/change";
import { deleteGroup, deleteGroupInput, getGroupContents } from "@/lib/groups/delete";
import { formAction } from "@/lib/web/form-action";

const inOrganization = { organizationId: z.string() };
const ofGroup = { ...inOrganization, groupId: z.string() };

export const createGroupAction = formAction(
  groupNameInput.extend(inOrganization),
  async (actor, { organizationId, name }) => {
    await createGroup(actor, organizationScope(organizationId), { name });
    refresh();
  },
);

export const renameGroupAction = formAction(
  groupNameInput.extend(ofGroup),
  async (actor, { organizationId, groupId, name }) => {
    await renameGroup(actor, organizationScope(organizationId), groupId, { name });
    refresh();
  },
);

export const groupContentsAction = formAction(z.object(ofGroup), (actor, { organizationId, groupId }) =>
  getGroupContents(actor, organizationScope(organizationId), groupId),
);

export const deleteGroupAction = formAction(
  deleteGroupInput.extend(ofGroup),
  async (actor, { organizationId, groupId, name }) => {
    await deleteGroup(actor, organizationScope(organizationId), groupId, { name });
    refresh();
  },
);
