/** How a page names a scope to the server: by the one of two fields that a form sends. */
export type ScopeFields = { groupId: string } | { organizationId: string };

/** How a form names the access token that it is about: by the scope's field and its id. */
export type TokenPlace = ScopeFields & { tokenId: string };

/** The address of the group or organization, under which its tabs lie. */
export function ownerPathOf(fields: ScopeFields): string {
  return "groupId" in fields ? `/groups/${fields.groupId}` : `/organizations/${fields.organizationId}`;
}

/** The address of the scope's Access Tokens tab. */
export function listPathOf(fields: ScopeFields): string {
  return `${ownerPathOf(fields)}/access-tokens`;
}

/** The address of a list, with the given parts of its state and nothing that is empty. */
export function listHref(path: string, state: Record<string, string | null | undefined>): string {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(state)) if (value) query.set(name, value);
  return query.size > 0 ? `${path}?${query}` : path;
}
