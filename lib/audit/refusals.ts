import { db } from "@/db/client";
import type { Actor } from "@/lib/auth/actor";
import { networkOf } from "@/lib/auth/network-of";
import { ShortMemory } from "@/lib/crypto/short-memory";
import { withoutDatabasePatience } from "@/lib/database-patience";
import { log } from "@/lib/log";
import { createLimiter } from "@/lib/rate-limit";
import { requestContext } from "@/lib/request-context";
import { countEvent } from "./hourly-bound";
import { type AuditEvent, recordAuditEvent } from "./record";

type RefusalAction = keyof typeof limiters;
type Owner = { organizationId: string; groupId: string | null };
type Refusal = { actor: Actor; owner: Owner; subject: AuditEvent["subject"]; detail: Record<string, string> };

/** What an attacker can add to an organization's logs: so many events of each kind in an hour, by all instances together. */
const hourly = { points: 100, duration: 60 * 60 };
const sameFor = 10 * 60_000;
/** Connections of the pool that refusals of one kind may hold at a time: noise of one doesn't keep out another. */
const atOnce = 4;

const seen = new ShortMemory<true>(sameFor, 20_000);
const underWay = { "attempt.denied": 0, "sign_in.failed": 0, "access_token.refused": 0, "sealed_value.refused": 0 };
const limiters = {
  "attempt.denied": createLimiter("refusals:attempt.denied", hourly),
  "sign_in.failed": createLimiter("refusals:sign_in.failed", hourly),
  "access_token.refused": createLimiter("refusals:access_token.refused", hourly),
  "sealed_value.refused": createLimiter("refusals:sealed_value.refused", hourly),
};

/**
 * Puts a refusal into the log, in the background: it neither delays nor changes the answer. One with the same `what`,
 * from the same network, is recorded once in ten minutes; `find` tells what to record, and isn't asked for the others.
 * What isn't recorded has a line in the server's log, with what is `told` of it.
 */
export function recordRefusal(
  action: RefusalAction,
  what: string,
  find: () => Promise<Refusal[]>,
  told: { actor?: string; owner?: string } = {},
): void {
  const name = `${action} ${what} ${networkOf(requestContext()?.address ?? "")}`;
  const isRepeated = seen.get(name);
  if (isRepeated || underWay[action] >= atOnce) {
    drop({ action, ...told }, isRepeated ? "recorded not long ago" : "too many at once");
    return;
  }
  seen.set(name, true);
  underWay[action] += 1;
  void withoutDatabasePatience(() => recordAll(action, find))
    .catch((error) => log.warn({ err: error }, "a refusal could not be recorded"))
    .finally(() => {
      underWay[action] -= 1;
    });
}

async function recordAll(action: RefusalAction, find: () => Promise<Refusal[]>): Promise<void> {
  for (const { actor, owner, subject, detail } of await find()) {
    const bound = await countEvent(limiters[action], owner.organizationId);
    if (bound) {
      const event = { action, subject, detail: { ...detail, ...bound } };
      await db.transaction((tx) => recordAuditEvent(tx, actor, owner, event));
    } else {
      const told = { actor: actor.userId, owner: owner.groupId ?? owner.organizationId };
      drop({ action, ...told }, "the organization has had its hundred of an hour");
    }
  }
}

function drop(refusal: { action: RefusalAction; actor?: string; owner?: string }, reason: string): void {
  log.warn({ ...refusal, reason }, "a refusal was not recorded");
}
