import { z } from "zod";
import { registerSessionRunner } from "@/lib/runners/register";

/** A process of its own, so that a test can kill it: registers a runner as the actor in the first argument. */
const { actor, providerUrl } = z
  .object({
    actor: z.object({ kind: z.literal("technical"), userId: z.string(), name: z.string(), accessTokenId: z.string() }),
    providerUrl: z.string(),
  })
  .parse(JSON.parse(process.argv[2] ?? ""));

await registerSessionRunner(actor, { providerUrl, tags: ["bench"] });
