import type { ExportedEvent } from "@/lib/audit-log/signature";

/** An event of the log that the restored database lacks. `position` is its place in its chain, if it was sealed. */
export type LaterEvent = ExportedEvent & { position: number | null };

/** What has to be done again, because the restored database has it as it was before. */
export type Left = {
  /** How dangerous it is: 1 is the worst. */
  rank: number;
  /** Such as `Revoke the access token “nightly” (tok_…)`. */
  what: string;
  /** What was done after the backup. */
  event: LaterEvent;
  /** The page's path below that of the group or organization. */
  page: string;
};

/** The worst first: what lets somebody in comes before what only differs. */
export const ranks = {
  leakedToken: 1,
  deletedGroup: 2,
  deletedToken: 3,
  revokedToken: 4,
  endedSecret: 5,
  member: 6,
  password: 7,
  trustedPipeline: 8,
  expiration: 9,
  policy: 10,
  storedSecret: 11,
  link: 12,
} as const;

/** The last event for each key that `keyOf` gives, in the order of the events. */
export function lastByKey(
  events: readonly LaterEvent[],
  keyOf: (event: LaterEvent) => string | undefined,
): Map<string, LaterEvent> {
  const last = new Map<string, LaterEvent>();
  for (const event of events) {
    const key = keyOf(event);
    if (key !== undefined) last.set(key, event);
  }
  return last;
}

export function ownerIdOf({ groupId, organizationId }: LaterEvent): string {
  return groupId ?? organizationId;
}
