import { z } from "zod";
import { registerSessionRunner } from "@/lib/runners/register";

/** Run by a test as a process of its own, to be killed: registers a runner as the actor that the first argument tells. */
const { actor, providerUrl } = z
  .object({
    actor: z.object({ kind: z.literal("technical"), userId: z.string(), name: z.string(), accessTokenId: z.string() }),
    providerUrl: z.string(),
  })
  .parse(JSON.parse(process.argv[2] ?? ""));

await registerSessionRunner(actor, { providerUrl, tags: ["bench"] });
