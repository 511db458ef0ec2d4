import journal from "./migrations/meta/_journal.json" with { type: "json" };

/** The number of this version's newest migration. */
export const schemaVersion = Math.max(...journal.entries.map(({ idx }) => idx));

/** The `application_name` of an instance's connections, by which a start finds older instances (record 0122). */
export function nameOfConnections(of: "access-tokens" | "jobs"): string {
  return `vehaas-${of} schema=${schemaVersion}`;
}
