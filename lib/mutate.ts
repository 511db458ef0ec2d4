import { setTimeout } from "node:timers/promises";
import { eq } from "drizzle-orm";
import { DatabaseError } from "pg";
import { db, type Tx } from "@/db/client";
import { groups, organizations } from "@/db/schema";
import { authorizeCommand } from "@/lib/audit/authorize-command";
import { type AuditEvent, recordAuditEvents } from "@/lib/audit/record";
import type { Actor } from "@/lib/auth/actor";
import type { Permission, Rights } from "@/lib/auth/authorize";
import type { Scope } from "@/lib/auth/scope";
import { DomainError } from "@/lib/errors";
import { log } from "@/lib/log";

const deadlockOrSerialization = ["40P01", "40001"];
const attempts = 4;
/** Deleting a group ends memberships too. */
const changesMembers: Permission[] = ["members:manage", "groups:manage"];

/** A command's result and its event, or one for each thing that it changed. No event means that nothing changed. */
export type Outcome<T> = { result: T; event?: AuditEvent | readonly AuditEvent[] };

type Work<T, R extends Rights = Rights> = (tx: Tx, access: R) => Promise<Outcome<T>>;

/**
 * Runs an actor's command in one transaction: authorizes the actor, does the work, and records its event. Every command
 * must use it. Throws what `authorize` throws, and `unavailable` if each attempt conflicted with other transactions.
 */
export function mutate<T>(actor: Actor, scope: Scope, permission: Permission, work: Work<T>): Promise<T> {
  const authorizeActor = async (tx: Tx) => {
    if (changesMembers.includes(permission)) await lockScopeFor(tx, actor, scope, permission);
    return authorizeCommand(actor, scope, permission, tx, true);
  };
  return mutateAs(actor, authorizeActor, work);
}

/** The same for a command that finds its scope itself. `authorizeActor` has to lock the roles that it reads. */
export async function mutateAs<T, R extends Rights>(
  actor: Actor,
  authorizeActor: (tx: Tx) => Promise<R>,
  work: Work<T, R>,
): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await db.transaction(async (tx) => attemptOnce(tx, actor, await authorizeActor(tx), work));
    } catch (error) {
      if (!deadlockOrSerialization.includes(databaseErrorCode(error) ?? "")) throw error;
      if (attempt === attempts) throw tooMuchAtOnce(error);
      // A random pause, so that the same transactions don't conflict again.
      await setTimeout(Math.random() * 100);
    }
  }
}

async function attemptOnce<T, R extends Rights>(tx: Tx, actor: Actor, access: R, work: Work<T, R>): Promise<T> {
  const { result, event = [] } = await work(tx, access);
  const owner = { organizationId: access.organization.id, groupId: access.group?.id ?? null };
  await recordAuditEvents(tx, actor, owner, [event].flat());
  return result;
}

function tooMuchAtOnce(error: unknown): DomainError {
  log.warn({ err: error }, "a change conflicted with concurrent ones at each attempt");
  const message = "Others are changing the same things right now, so nothing was changed. Try again in a moment.";
  return new DomainError("unavailable", message);
}

// Changes of a scope's members are serialized: the scope's row is locked before any membership's. Otherwise two admins
// who demote each other would deadlock.
async function lockScopeFor(tx: Tx, actor: Actor, scope: Scope, permission: Permission): Promise<void> {
  await lockScope(tx, await authorizeCommand(actor, scope, permission, tx));
}

/**
 * Locks the scope's row until the transaction ends. A change of the organization as a whole and changes of its groups
 * exclude each other; changes of two groups run concurrently. Rows that reference either can still be inserted.
 */
async function lockScope(tx: Tx, { organization, group }: Rights): Promise<void> {
  const ofOrganization = tx
    .select({ id: organizations.id })
    .from(organizations)
    .where(eq(organizations.id, organization.id));
  await ofOrganization.for(group ? "share" : "no key update");
  if (group) await tx.select({ id: groups.id }).from(groups).where(eq(groups.id, group.id)).for("no key update");
}

/** The SQLSTATE of a database error, also if Drizzle wrapped it. */
export function databaseErrorCode(error: unknown): string | undefined {
  if (error instanceof DatabaseError) return error.code;
  return error instanceof Error && error.cause ? databaseErrorCode(error.cause) : undefined;
}
