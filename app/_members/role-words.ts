import { roleLabels } from "@/app/_parts/role-labels";
import type { Role } from "@/db/enums";

/** What a role allows, in one sentence; undefined for a user's role. */
export const allowedBy: Record<Role, string | undefined> = {
  group_admin: "A group admin manages the group’s members and access tokens, and reads its audit log.",
  group_user: undefined,
  organization_admin:
    "An organization admin manages the organization’s groups, members and access tokens, and reads its audit log.",
  organization_user: undefined,
};

const lost: Partial<Record<Role, string>> = {
  group_user: "can then no longer manage the group’s members, or see its access tokens and its audit log.",
  organization_user:
    "can then no longer manage the organization’s groups, members and access tokens, or read its audit log. Open invitations from this person are withdrawn.",
};
const lostBySelf: Partial<Record<Role, string>> = {
  group_user: "You can then no longer manage the group’s members, or see its access tokens and its audit log.",
  organization_user:
    "You can then no longer manage the organization’s groups, members and access tokens, or read its audit log. Your open invitations are withdrawn.",
};

/** "group admin", within a sentence. */
const inSentence = (role: Role) => roleLabels[role].charAt(0).toLowerCase() + roleLabels[role].slice(1);

/** The question before a role is given or taken, and what is said afterwards. */
export function roleWords(name: string, role: Role, isSelf: boolean): { title: string; effect: string; done: string } {
  const done = isSelf ? `You are ${inSentence(role)} now.` : `${name} is ${inSentence(role)} now.`;
  const gained = allowedBy[role];
  if (gained) return { title: `Make ${name} ${inSentence(role)}?`, effect: gained, done };
  if (!isSelf) return { title: `Make ${name} ${inSentence(role)}?`, effect: `${name} ${lost[role]}`, done };
  const effect = `${lostBySelf[role]} Another admin has to give you the role back.`;
  return { title: "Give up your admin role?", effect, done };
}
