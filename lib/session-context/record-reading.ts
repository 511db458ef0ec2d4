import { LRUCache } from "lru-cache";
import { db } from "@/db/client";
import type { AccessToken } from "@/lib/access-tokens/access-token";
import { createHourlyBound } from "@/lib/audit/hourly-bound";
import { recordAuditEvent } from "@/lib/audit/record";
import type { TechnicalUser } from "@/lib/auth/actor";
import { log } from "@/lib/log";
import { networkOf } from "@/lib/network/ip-address";
import { requestContext } from "@/lib/request-context";

const recordedFor = 5 * 60_000;

/** By token and network: a promise, so that a second reader at the same time waits for the record too. */
const recorded = new LRUCache<string, Promise<void>>({ max: 20_000, ttl: recordedFor });
/** Tokens with a reading recorded in these five minutes. */
const tokensRecorded = new LRUCache<string, true>({ max: 20_000, ttl: recordedFor });
const boundOf = createHourlyBound("session_context.read");

/**
 * Records one event for each token and network in five minutes. The first of a token is always recorded, those from
 * further networks up to a bound by hour and organization, so that one token in many networks can't fill the log.
 */
export async function recordReading(actor: TechnicalUser, token: AccessToken): Promise<void> {
  const reader = `${token.id} ${networkOf(requestContext()?.address)}`;
  const known = recorded.get(reader);
  if (known) return known;
  const isFirst = !tokensRecorded.get(token.id);
  // The five minutes begin with a first: what further networks read must not put off the next one.
  if (isFirst) tokensRecorded.set(token.id, true);
  const recording = record(actor, token, isFirst);
  recorded.set(reader, recording);
  try {
    await recording;
  } catch (error) {
    recorded.delete(reader);
    if (isFirst) tokensRecorded.delete(token.id);
    throw error;
  }
}

async function record(actor: TechnicalUser, token: AccessToken, isFirst: boolean): Promise<void> {
  const { organizationId, groupId } = token;
  const detail = isFirst ? {} : await boundOf(organizationId);
  if (detail) {
    const event = { action: "session_context.read", subject: token, detail } as const;
    return recordAuditEvent(db, actor, { organizationId, groupId }, event);
  }
  log.warn(
    { actor: actor.userId, owner: groupId ?? organizationId },
    "a reading of a session context was not recorded",
  );
}
