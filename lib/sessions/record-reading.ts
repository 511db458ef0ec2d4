import { db } from "@/db/client";
import type { AccessToken } from "@/lib/access-tokens/access-token";
import { recordAuditEvent } from "@/lib/audit/record";
import type { TechnicalUser } from "@/lib/auth/actor";
import { ShortMemory } from "@/lib/crypto/short-memory";
import { requestContext } from "@/lib/request-context";

const recordedFor = 5 * 60_000;

/** By token and address: a promise, so that a second reader at the same time waits for the record too. */
const recorded = new ShortMemory<Promise<void>>(recordedFor, 20_000);

/** One event for each token and address in five minutes: a token in a loop must not fill the log. */
export async function recordReading(actor: TechnicalUser, token: AccessToken): Promise<void> {
  const reader = `${token.id} ${requestContext()?.address ?? ""}`;
  const known = recorded.get(reader);
  if (known) return known;
  const recording = record(actor, token);
  recorded.set(reader, recording);
  try {
    await recording;
  } catch (error) {
    recorded.delete(reader);
    throw error;
  }
}

function record(actor: TechnicalUser, token: AccessToken): Promise<void> {
  const owner = { organizationId: token.organizationId, groupId: token.groupId };
  return recordAuditEvent(db, actor, owner, { action: "session_context.read", subject: token });
}
