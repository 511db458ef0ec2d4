import { LRUCache } from "lru-cache";
import { db, type Tx } from "@/db/client";
import type { Actor } from "@/lib/auth/actor";
import { withoutDatabaseDeadline } from "@/lib/database-deadline";
import { log } from "@/lib/log";
import { networkOf } from "@/lib/network/ip-address";
import { requestContext } from "@/lib/request-context";
import { createHourlyBound } from "./hourly-bound";
import { type AuditEvent, type Owner, recordAuditEvent } from "./record";

type RefusalAction = keyof typeof kinds;
type Refusal = {
  actor: Actor;
  owner: Owner;
  subject: AuditEvent["subject"];
  detail: Record<string, string>;
  /** If it turns out to be another one than was asked for. */
  action?: RefusalAction;
  /** Written in the same transaction as the event, and left out with it. */
  alsoRecord?: (tx: Tx) => Promise<void>;
};

const sameFor = 10 * 60_000;
/** Connections of the pool that refusals of one kind may hold at a time, so that one kind can't block another. */
const atOnce = 4;

const seen = new LRUCache<string, true>({ max: 20_000, ttl: sameFor });
/** The recorded kinds: how many of each are in progress, and their hourly counter. */
const kinds = {
  "attempt.denied": kindOf("attempt.denied"),
  "sign_in.failed": kindOf("sign_in.failed"),
  "access_token.refused": kindOf("access_token.refused"),
  "access_token.retired_secret_used": kindOf("access_token.retired_secret_used"),
  "trusted_pipeline.refused": kindOf("trusted_pipeline.refused"),
  "runner.registration_refused": kindOf("runner.registration_refused"),
  "sealed_value.refused": kindOf("sealed_value.refused"),
};

function kindOf(action: string) {
  return { underWay: 0, count: createHourlyBound(`refusals:${action}`) };
}

/**
 * Records a refusal in the background, without delaying or changing the response. The same `what` from the same network
 * is recorded once in ten minutes; `find` loads what to record, and is called only then. A dropped refusal is written
 * to the server's log with these `logFields`.
 */
export function recordRefusal(
  action: RefusalAction,
  what: string,
  find: () => Promise<Refusal[]>,
  logFields: Record<string, string> = {},
): void {
  const name = `${action} ${what} ${networkOf(requestContext()?.address)}`;
  const isRepeated = seen.get(name);
  if (isRepeated || kinds[action].underWay >= atOnce) {
    drop({ action, ...logFields }, isRepeated ? "recorded not long ago" : "too many at once");
    return;
  }
  seen.set(name, true);
  kinds[action].underWay += 1;
  void withoutDatabaseDeadline(() => recordAll(action, find))
    .catch((error) => log.warn({ err: error }, "a refusal could not be recorded"))
    .finally(() => {
      kinds[action].underWay -= 1;
    });
}

async function recordAll(asked: RefusalAction, find: () => Promise<Refusal[]>): Promise<void> {
  for (const { actor, owner, subject, detail, action = asked, alsoRecord } of await find()) {
    const bound = await kinds[action].count(owner.organizationId);
    if (bound) {
      const event = { action, subject, detail: { ...detail, ...bound } };
      await db.transaction(async (tx) => {
        await recordAuditEvent(tx, actor, owner, event);
        await alsoRecord?.(tx);
      });
    } else {
      const logFields = { actor: actor.userId, owner: owner.groupId ?? owner.organizationId };
      drop({ action, ...logFields }, "the organization reached its limit of a hundred per hour");
    }
  }
}

function drop(refusal: Record<string, string>, reason: string): void {
  log.warn({ ...refusal, reason }, "a refusal was not recorded");
}
