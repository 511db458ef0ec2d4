import { eq } from "drizzle-orm";
import { db } from "@/db/client";
import { accessTokens } from "@/db/schema";
import { recordRefusal } from "@/lib/audit/refusals";
import type { TechnicalUser } from "@/lib/auth/actor";
import { DomainError, type ErrorCode } from "@/lib/errors";

/** `providerUrl` is set once the URL is validated and normalized. */
type Asked = { actor: TechnicalUser; providerUrl?: string };

/** Runs the steps of a registration, and records a refusal. */
export async function recordingRefusal<T>(asked: Asked, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof DomainError && error.code !== "unavailable") record(asked, error.code);
    throw error;
  }
}

function record({ actor, providerUrl }: Asked, code: ErrorCode): void {
  const { userId, accessTokenId } = actor;
  // A caller can send any number of URLs without an access: they count as one, so as not to use up the hourly limit.
  const what = [accessTokenId, code, code === "not_found" ? "" : providerUrl].join(" ");
  const logFields = { actor: userId, token: accessTokenId, code };
  const detail = { code, ...(providerUrl ? { provider_url: providerUrl } : {}) };
  recordRefusal("runner.registration_refused", what, () => refusals(actor, detail), logFields);
}

/** Empty if the token was deleted meanwhile. */
async function refusals(actor: TechnicalUser, detail: Record<string, string>) {
  const { organizationId, groupId, id, name } = accessTokens;
  const found = await db
    .select({ organizationId, groupId, id, name })
    .from(accessTokens)
    .where(eq(accessTokens.id, actor.accessTokenId));
  return found.map(({ organizationId, groupId, ...subject }) => ({
    actor,
    owner: { organizationId, groupId },
    subject,
    detail,
  }));
}
