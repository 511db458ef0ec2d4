import { forgetEarlierDays } from "@/lib/access-tokens/uses/write";
import type { Queue } from "./job-queue";

/** Deletes the counts of uses of days that are no longer shown. */
export const forgetUses: Queue = {
  name: "forget-uses-of-access-tokens",
  options: { policy: "standard", retryLimit: 0, expireInSeconds: 600, deleteAfterSeconds: 86_400 },
  everySeconds: 3600,
  handle: async () => {
    let mayBeMore = true;
    while (mayBeMore) mayBeMore = await forgetEarlierDays();
  },
};
