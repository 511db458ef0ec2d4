/** How a page names a scope to the server: by the one of two fields that a form sends. */
export type ScopeFields = { groupId: string } | { organizationId: string };
