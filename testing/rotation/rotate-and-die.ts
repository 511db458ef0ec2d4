import { z } from "zod";
import { rotateAccessToken } from "@/lib/access-tokens/rotation/rotate";

/**
 * A process of its own, so that it can die: rotates the token of the actor in the first argument, and is killed after the
 * commit, before it has answered the new secret.
 */
const { actor, key } = z
  .object({
    actor: z.object({ kind: z.literal("technical"), userId: z.string(), name: z.string(), accessTokenId: z.string() }),
    key: z.string(),
  })
  .parse(JSON.parse(process.argv[2] ?? ""));

await rotateAccessToken(actor, actor.accessTokenId, { oldSecret: "on_first_use" }, key);
process.kill(process.pid, "SIGKILL");
