import { eq } from "drizzle-orm";
import { RateLimiterMemory } from "rate-limiter-flexible";
import { db } from "@/db/client";
import { accessTokens } from "@/db/schema";
import { recordRefusal } from "@/lib/audit/refusals";
import { networkOf } from "@/lib/ip-address";
import { requestContext } from "@/lib/request-context";
import { selectAccessTokens } from "./access-token";

/** Looked for on behalf of one network; secrets that nobody has are to cost no more. */
const lookups = new RateLimiterMemory({ points: 5, duration: 1 });

/** Records the use of a token that was revoked or has expired with its owner. Nothing is known of a deleted one. */
export async function recordRefusedSecret(hash: Buffer): Promise<void> {
  try {
    await lookups.consume(networkOf(requestContext()?.address));
  } catch {
    return;
  }
  recordRefusal("access_token.refused", hash.toString("base64url"), () => findRefused(hash));
}

async function findRefused(hash: Buffer) {
  const [token] = await selectAccessTokens(db).where(eq(accessTokens.secretHash, hash));
  if (!token || token.status === "active") return [];
  const { id, name, status, technicalUser, organizationId, groupId } = token;
  return [
    {
      actor: {
        kind: "technical" as const,
        userId: technicalUser.id,
        name: technicalUser.username,
        accessTokenId: id,
      },
      owner: { organizationId, groupId },
      subject: { id, name },
      detail: { status },
    },
  ];
}
