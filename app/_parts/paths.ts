/** A scope as a form sends it: one of two fields. */
export type ScopeFields = { groupId: string } | { organizationId: string };

/** An access token as a form names it. */
export type TokenRef = { tokenId: string };

/** The path of the group or organization. The paths of its tabs begin with it. */
export function ownerPathOf(fields: ScopeFields): string {
  return "groupId" in fields ? `/groups/${fields.groupId}` : `/organizations/${fields.organizationId}`;
}

/** The path of the scope's Access Tokens tab. */
export function listPathOf(fields: ScopeFields): string {
  return `${ownerPathOf(fields)}/access-tokens`;
}

/** The URL of a list with its state. Empty values are left out. */
export function listHref(path: string, state: Record<string, string | null | undefined>): string {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(state)) if (value) query.set(name, value);
  return query.size > 0 ? `${path}?${query}` : path;
}
