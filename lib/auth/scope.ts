/** The scope of a command: one group, or an organization as a whole. */
export type GroupScope = { kind: "group"; groupId: string };
export type OrganizationScope = { kind: "organization"; organizationId: string };
export type Scope = GroupScope | OrganizationScope;

export function groupScope(groupId: string): GroupScope {
  return { kind: "group", groupId };
}

export function organizationScope(organizationId: string): OrganizationScope {
  return { kind: "organization", organizationId };
}

/** The id of the owner of the scope's access tokens. */
export function ownerOf(scope: Scope): string {
  return scope.kind === "group" ? scope.groupId : scope.organizationId;
}
