export const userKinds = ["person", "technical"] as const;
export const groupRoles = ["group_admin", "group_user"] as const;
export const organizationRoles = ["organization_admin", "organization_user"] as const;
export const roles = [...organizationRoles, ...groupRoles] as const;
export const providerTypes = ["gitlab", "github"] as const;
export const tokenScopes = ["project", "group"] as const;
export const runnerStates = ["registering", "registered", "unregistering"] as const;
export const auditChannels = ["page", "api", "system"] as const;

export type UserKind = (typeof userKinds)[number];
export type GroupRole = (typeof groupRoles)[number];
export type OrganizationRole = (typeof organizationRoles)[number];
export type Role = (typeof roles)[number];
export type ProviderType = (typeof providerTypes)[number];
export type TokenScope = (typeof tokenScopes)[number];
export type RunnerState = (typeof runnerStates)[number];
export type AuditChannel = (typeof auditChannels)[number];
