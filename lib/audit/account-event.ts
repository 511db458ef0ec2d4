import { asc, eq } from "drizzle-orm";
import type { Tx } from "@/db/client";
import { memberships } from "@/db/schema";
import type { Person } from "@/lib/auth/actor";
import { SealError } from "@/lib/crypto/aes-gcm";
import { log } from "@/lib/log";
import { createHourlyBound } from "./hourly-bound";
import { type AuditEvent, recordAuditEvent } from "./record";

type SessionAction = "sign_in.succeeded" | "sign_in.signed_out";
type AccountEvent = {
  action: SessionAction | "account.linked" | "account.password_changed";
  detail: NonNullable<AuditEvent["detail"]>;
};

/** Begin and end events of a person's sessions per hour: a script that signs in must not fill the log. */
const bounds = {
  "sign_in.succeeded": createHourlyBound("sign-ins:succeeded", 60),
  "sign_in.signed_out": createHourlyBound("sign-ins:signed-out", 60),
};

/**
 * Records an event of a person's account with each of their organizations, in the caller's transaction. An organization
 * whose data key can't be opened is skipped, so that it does not block the others or the session's end.
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

/** The session's event; call it before the transaction. Undefined if the person exceeded the hourly limit. */
export async function sessionEvent(
  userId: string,
  action: SessionAction,
  detail: AccountEvent["detail"],
): Promise<AccountEvent | undefined> {
  const bound = await bounds[action](userId);
  if (bound) return { action, detail: { ...detail, ...bound } };
  log.warn({ userId, action }, "an event was not recorded: the person reached the limit of sixty per hour");
  return undefined;
}

/** In a fixed order, so that two transactions that create data keys don't deadlock. */
function organizationsOf(tx: Tx, userId: string) {
  return tx
    .selectDistinct({ organizationId: memberships.organizationId })
    .from(memberships)
    .where(eq(memberships.userId, userId))
    .orderBy(asc(memberships.organizationId));
}
