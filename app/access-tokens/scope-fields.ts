/** How a page names a scope to the server: by the one of two fields that a form sends. */
export type ScopeFields = { groupId: string } | { organizationId: string };

/** The address of the group or organization, under which its tabs lie. */
export function ownerPathOf(fields: ScopeFields): string {
  return "groupId" in fields ? `/groups/${fields.groupId}` : `/organizations/${fields.organizationId}`;
}
