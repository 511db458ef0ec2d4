// All tables, by noun in db/schema.

export * from "./schema/access-token-secrets";
export * from "./schema/access-tokens";
export * from "./schema/audit-log";
export { isDue, sortedName } from "./schema/columns";
export * from "./schema/limits";
export * from "./schema/notifications";
export * from "./schema/people";
export * from "./schema/policies";
export * from "./schema/stored-values";
export * from "./schema/trusted-pipelines";
export * from "./schema/version-control";
