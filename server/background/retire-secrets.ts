import { forgetRetiredSecrets, retireEndedSecrets } from "@/lib/access-tokens/secrets/retire";
import type { Queue } from "./job-queue";

const options: Queue["options"] = {
  policy: "standard",
  retryLimit: 0,
  expireInSeconds: 600,
  deleteAfterSeconds: 86_400,
};

/** Records in the audit log that secrets have ended. They are refused from their end on, whether or not this has run. */
export const retireSecrets: Queue = {
  name: "retire-secrets",
  options,
  everySeconds: 60,
  handle: async () => {
    while (await retireEndedSecrets());
  },
};

/** Deletes secrets whose use is no longer noticed. */
export const forgetSecrets: Queue = {
  name: "forget-secrets",
  options,
  everySeconds: 3600,
  handle: async () => {
    while (await forgetRetiredSecrets());
  },
};
