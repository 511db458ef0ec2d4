import { and, eq } from "drizzle-orm";
import { db } from "@/db/client";
import { calendars, groups, invitations, policies, trustedPipelines, webhooks } from "@/db/schema";
import { isOpen } from "@/lib/invitations/invitation";
import { type LaterEvent, type Left, lastByKey, ownerIdOf, ranks } from "./later-event";

/** Groups that were deleted since. */
export async function groupsLeft(events: readonly LaterEvent[]): Promise<Left[]> {
  const left: Left[] = [];
  for (const event of events.filter(({ action }) => action === "group.deleted")) {
    const [group] = await db.select({ name: groups.name }).from(groups).where(eq(groups.id, event.subjectId));
    if (!group) continue;
    const what = `Delete the group “${group.name}” (${event.subjectId}), whose access tokens are good again`;
    left.push({ rank: ranks.deletedGroup, what, event, page: "" });
  }
  return left;
}

/** Trusted pipelines, webhooks, calendar links and invitations that were removed since. */
export async function removedLeft(events: readonly LaterEvent[]): Promise<Left[]> {
  const left: Left[] = [];
  for (const event of events) {
    const removal = removals[event.action];
    if (removal && (await removal.isThere(event))) left.push(removal.left(event));
  }
  return left;
}

type Removal = { isThere: (event: LaterEvent) => Promise<boolean>; left: (event: LaterEvent) => Left };

const removals: Record<string, Removal | undefined> = {
  "trusted_pipeline.removed": {
    isThere: async ({ detail }) =>
      (await db.$count(trustedPipelines, eq(trustedPipelines.id, detail.trusted_pipeline ?? ""))) > 0,
    left: (event) => ({
      rank: ranks.trustedPipeline,
      what: `Remove the trusted pipeline of ${event.detail.project ?? "a project"} (${event.detail.trusted_pipeline}) from the access token “${event.subjectName}” (${event.subjectId})`,
      event,
      page: `/access-tokens/${event.subjectId}/trusted-pipelines`,
    }),
  },
  "webhook.removed": {
    isThere: async ({ subjectId }) => (await db.$count(webhooks, eq(webhooks.id, subjectId))) > 0,
    left: (event) => ({
      rank: ranks.link,
      what: `Remove the webhook to ${event.subjectName} (${event.subjectId})`,
      event,
      page: "/settings",
    }),
  },
  "calendar.revoked": {
    isThere: async ({ subjectId }) => (await db.$count(calendars, eq(calendars.id, subjectId))) > 0,
    left: (event) => ({
      rank: ranks.link,
      what: `Revoke the calendar link of “${event.subjectName}” (${event.subjectId})`,
      event,
      page: "/settings",
    }),
  },
  "invitation.revoked": {
    isThere: ({ subjectId }) => isInvitationOpen(subjectId),
    left: (event) => withdraw(event, event.subjectId),
  },
  // It may have replaced an earlier one for the same address.
  "invitation.created": {
    isThere: ({ detail }) => isInvitationOpen(detail.replaces ?? ""),
    left: (event) => withdraw(event, event.detail.replaces ?? ""),
  },
};

async function isInvitationOpen(id: string): Promise<boolean> {
  return (await db.$count(invitations, and(eq(invitations.id, id), isOpen))) > 0;
}

function withdraw(event: LaterEvent, id: string): Left {
  const what = `Withdraw the invitation of ${event.subjectName} (${id})`;
  return { rank: ranks.link, what, event, page: "/members" };
}

type Stored = Pick<typeof policies.$inferSelect, "longestLifetimeDays" | "allowsAdminRole" | "revokeUnusedAfterDays">;

const days = (found: number | null | undefined, wanted: string) =>
  wanted !== "none" && (found === null || found === undefined || found > Number(wanted));

/** Whether the restored policy is looser than the value that was set, for each demand as the event names it. */
const isLooser: Record<string, (stored: Stored | undefined, wanted: string) => boolean> = {
  longest_lifetime_days: (stored, wanted) => days(stored?.longestLifetimeDays, wanted),
  admin_role: (stored, wanted) => wanted === "not_allowed" && stored?.allowsAdminRole !== false,
  revoke_unused_after_days: (stored, wanted) => days(stored?.revokeUnusedAfterDays, wanted),
};

/** Policies that are looser again than they were. */
export async function policiesLeft(events: readonly LaterEvent[]): Promise<Left[]> {
  const left: Left[] = [];
  for (const [demand, looser] of Object.entries(isLooser)) {
    const last = lastByKey(events, (event) =>
      event.action === "policy.changed" && event.detail[demand] ? ownerIdOf(event) : undefined,
    );
    for (const [ownerId, event] of last) {
      const [stored] = await db.select().from(policies).where(eq(policies.ownerId, ownerId));
      const wanted = event.detail[demand] ?? "";
      if (!looser(stored, wanted)) continue;
      const what = `Save the policy of “${event.subjectName}” (${ownerId}) with ${demand} ${wanted}`;
      left.push({ rank: ranks.policy, what, event, page: "/settings" });
    }
  }
  return left;
}
