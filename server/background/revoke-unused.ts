import { applyUnusedPolicies } from "@/lib/access-tokens/unused/revoke";
import type { Queue } from "./job-queue";

/**
 * Revokes access tokens that were not used for as long as their policy says, and notifies their admins a week before. A
 * job that is late, or that runs twice, does the same: what is due is in the rows.
 */
export const revokeUnused: Queue = {
  name: "revoke-unused-tokens",
  options: { policy: "standard", retryLimit: 0, expireInSeconds: 600, deleteAfterSeconds: 86_400 },
  everySeconds: 60,
  handle: () => applyUnusedPolicies(),
};
