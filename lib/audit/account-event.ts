import { asc, eq } from "drizzle-orm";
import type { Tx } from "@/db/client";
import { memberships } from "@/db/schema";
import type { Person } from "@/lib/auth/actor";
import { SealError } from "@/lib/crypto/aes-gcm";
import { createLimiter } from "@/lib/limits/rate-limit";
import { log } from "@/lib/log";
import { countEvent } from "./hourly-bound";
import { type AuditEvent, recordAuditEvent } from "./record";

type SessionAction = "sign_in.succeeded" | "sign_in.signed_out";
type AccountEvent = {
  action: SessionAction | "account.linked" | "account.password_changed";
  detail: NonNullable<AuditEvent["detail"]>;
};

/** So many sessions of a person begin, and end, with an event in an hour: a script that signs in must not fill the log. */
const hourly = { points: 60, duration: 60 * 60 };
const limiters = {
  "sign_in.succeeded": createLimiter("sign-ins:succeeded", hourly),
  "sign_in.signed_out": createLimiter("sign-ins:signed-out", hourly),
};

/**
 * Records what happened to a person's account with each of their organizations, in the transaction in which it happens.
 * One whose data key does not open goes without: it must not keep the person from the others, or a session from ending.
 */
export async function recordAccountEvent(tx: Tx, person: Person, event: AccountEvent | undefined): Promise<void> {
  if (!event) return;
  const subject = { id: person.userId, name: person.name };
  for (const { organizationId } of await organizationsOf(tx, person.userId)) {
    try {
      await recordAuditEvent(tx, person, { organizationId, groupId: null }, { ...event, subject });
    } catch (error) {
      if (!(error instanceof SealError)) throw error;
      log.error({ err: error, organizationId, action: event.action }, "an audit event could not be recorded");
    }
  }
}

/** A session's event, to be asked for before the transaction. Undefined where the person had too many in this hour. */
export async function sessionEvent(
  userId: string,
  action: SessionAction,
  detail: AccountEvent["detail"],
): Promise<AccountEvent | undefined> {
  const bound = await countEvent(limiters[action], userId);
  if (bound) return { action, detail: { ...detail, ...bound } };
  log.warn({ userId, action }, "an event was not recorded: the person has had their sixty of an hour");
  return undefined;
}

/** In one order, so that two transactions that make data keys don't wait for each other. */
function organizationsOf(tx: Tx, userId: string) {
  return tx
    .selectDistinct({ organizationId: memberships.organizationId })
    .from(memberships)
    .where(eq(memberships.userId, userId))
    .orderBy(asc(memberships.organizationId));
}
