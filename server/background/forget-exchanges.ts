import {
  forgetPipelineSecrets,
  forgetRefusedExchanges,
  forgetSpentIdTokens,
} from "@/lib/trusted-pipelines/exchange/forget";
import type { Queue } from "./job-queue";

/** Deletes what exchanges leave behind. Pipeline secrets are refused from their end on, whether or not this has run. */
export const forgetExchanges: Queue = {
  name: "forget-exchanges",
  options: { policy: "standard", retryLimit: 0, expireInSeconds: 600, deleteAfterSeconds: 86_400 },
  everySeconds: 300,
  handle: async () => {
    for (const forget of [forgetPipelineSecrets, forgetSpentIdTokens, forgetRefusedExchanges]) {
      let mayBeMore = true;
      while (mayBeMore) mayBeMore = await forget();
    }
  },
};
