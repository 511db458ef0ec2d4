import { checkDueCredentials } from "@/lib/version-control/check-due";
import type { Queue } from "./job-queue";

/** Checks stored credentials once a day. Each run ends within its minute, or is followed by one that goes on. */
export const checkCredentials: Queue = {
  name: "check-credentials",
  options: { policy: "standard", retryLimit: 0, expireInSeconds: 600, deleteAfterSeconds: 86_400 },
  everySeconds: 60,
  handle: checkDueCredentials,
};
