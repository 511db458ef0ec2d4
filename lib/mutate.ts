import { setTimeout } from "node:timers/promises";
import { DatabaseError } from "pg";
import type { Tx } from "@/db/client";
import { allOf, transaction } from "@/db/transaction";
import { authorizeCommand } from "@/lib/audit/authorize-command";
import { type AuditEvent, auditEventQuery } from "@/lib/audit/record";
import type { Actor } from "@/lib/auth/actor";
import type { Access, Permission } from "@/lib/auth/authorize";
import { lockScope } from "@/lib/auth/lock-scope";
import type { Scope } from "@/lib/auth/scope";
import { DomainError } from "@/lib/errors";
import { log } from "@/lib/log";
import { chainKeys } from "./audit/chain/keys";

const deadlockOrSerialization = ["40P01", "40001"];
const attempts = 4;
/** What changes who is a member of what: deleting a group ends memberships too. */
const turnTaking: Permission[] = ["members:manage", "groups:manage"];

/** What a command did. Without an event nothing changed. */
export type Outcome<T> = { result: T; event?: AuditEvent };

/**
 * Every write goes through here: authorized, atomic, and recorded – or it does not happen. The result may still be on
 * its way, as one query that has been sent: the event's time is read behind it, on the same connection.
 */
export async function mutate<T>(
  actor: Actor,
  scope: Scope,
  permission: Permission,
  work: (tx: Tx, access: Access) => Promise<Outcome<T> | Outcome<Promise<T>>>,
): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      const result = await transaction(
        async (tx) => {
          if (turnTaking.includes(permission)) await takeTurn(tx, actor, scope, permission);
          return authorizeCommand(actor, scope, permission, tx, true);
        },
        async (tx, access) => {
          const { result, event } = await work(tx, access);
          if (!event) return { result: await result };
          const owner = { organizationId: access.organization.id, groupId: access.group?.id ?? null };
          const [done, keys] = await allOf(result, chainKeys(tx, owner.organizationId));
          return { result: done, last: auditEventQuery(keys, actor, owner, event) };
        },
      );
      globalThis.vehaasWakeAuditSealer?.();
      return result;
    } catch (error) {
      if (!deadlockOrSerialization.includes(databaseErrorCode(error) ?? "")) throw error;
      if (attempt === attempts) throw tooMuchAtOnce(error);
      // Those who met must not meet again.
      await setTimeout(Math.random() * 100);
    }
  }
}

function tooMuchAtOnce(error: unknown): DomainError {
  log.warn({ err: error }, "a change met others each time that it was tried");
  const message = "Others are changing the same things right now, so nothing was changed. Try again in a moment.";
  return new DomainError("unavailable", message);
}

// One change of a scope's members at a time, and its row before any membership's: else two admins who demote each other
// would each hold the row that the other waits for.
async function takeTurn(tx: Tx, actor: Actor, scope: Scope, permission: Permission): Promise<void> {
  await lockScope(tx, await authorizeCommand(actor, scope, permission, tx));
}

/** PostgreSQL's SQLSTATE, where the error, or what Drizzle wrapped, came from the database. */
export function databaseErrorCode(error: unknown): string | undefined {
  if (error instanceof DatabaseError) return error.code;
  return error instanceof Error && error.cause ? databaseErrorCode(error.cause) : undefined;
}
