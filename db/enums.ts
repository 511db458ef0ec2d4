export const userKinds = ["person", "technical"] as const;
export const groupRoles = ["group_admin", "group_user"] as const;
export const organizationRoles = ["organization_admin", "organization_user"] as const;
export const roles = [...organizationRoles, ...groupRoles] as const;
export const providerTypes = ["gitlab", "github"] as const;
export const tokenScopes = ["project", "group"] as const;
export const runnerStates = ["registering", "registered", "unregistering"] as const;
/** Why a secret ends: its replacement was used, a date, a command, or the lifetime of a pipeline secret. */
export const secretEnds = ["use", "date", "hand", "lifetime"] as const;
export const signInMethods = ["password", "identity_provider"] as const;
/** Types of messages, as webhooks name them. */
export const notificationTypes = [
  "access_token.expiring",
  "access_token.idle",
  "access_token.expired",
  "access_token.revoked",
  "access_token.leaked",
  "access_token.retired_secret_used",
  "credential.expiring",
  "credential.failed",
  "runner.stuck",
] as const;
/** `failed`: given up. */
export const deliveryStates = ["pending", "delivered", "failed"] as const;
export const auditChannels = ["page", "api", "system"] as const;

export type UserKind = (typeof userKinds)[number];
export type GroupRole = (typeof groupRoles)[number];
export type OrganizationRole = (typeof organizationRoles)[number];
export type Role = (typeof roles)[number];
export type ProviderType = (typeof providerTypes)[number];
export type TokenScope = (typeof tokenScopes)[number];
export type RunnerState = (typeof runnerStates)[number];
export type SecretEnd = (typeof secretEnds)[number];
export type SignInMethod = (typeof signInMethods)[number];
export type NotificationType = (typeof notificationTypes)[number];
export type DeliveryState = (typeof deliveryStates)[number];
export type AuditChannel = (typeof auditChannels)[number];
