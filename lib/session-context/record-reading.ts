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

/** By token and network. A promise, so that a concurrent reader also waits for the record. */
const recorded = new LRUCache<string, Promise<void>>({ max: 20_000, ttl: recordedFor });
/** Tokens with a read recorded in the last five minutes. */
const tokensRecorded = new LRUCache<string, true>({ max: 20_000, ttl: recordedFor });
const boundOf = createHourlyBound("session_context.read");

/**
 * Records one event per token and network in five minutes. A token's first read is always recorded; reads from further
 * networks are limited per hour and organization, so that one token in many networks can't fill the log.
 */
export async function recordReading(actor: TechnicalUser, token: AccessToken): Promise<void> {
  const reader = `${token.id} ${networkOf(requestContext()?.address)}`;
  const known = recorded.get(reader);
  if (known) return known;
  const isFirst = !tokensRecorded.get(token.id);
  // Only a first read starts the five minutes: reads from further networks must not delay the next first one.
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
