import { db, type Executor } from "@/db/client";
import type { Actor } from "@/lib/auth/actor";
import { accessIn, authorize, type Permission, type Rights } from "@/lib/auth/authorize";
import { ownerOf, type Scope } from "@/lib/auth/scope";
import { DomainError } from "@/lib/errors";
import { recordRefusal } from "./refusals";

/** Authorizes a command and records a denied attempt. For commands that do something else before they call `mutate`. */
export async function authorizeCommand(
  actor: Actor,
  scope: Scope,
  permission: Permission,
  executor: Executor = db,
  lock = false,
): Promise<Rights> {
  try {
    return await authorize(executor, actor, scope, permission, lock);
  } catch (error) {
    recordDeniedAttempt(actor, scope, permission, error);
    throw error;
  }
}

/** Records a denial only for actors who may see the scope. Other errors are not denied attempts. */
function recordDeniedAttempt(actor: Actor, scope: Scope, permission: Permission, error: unknown): void {
  if (!(error instanceof DomainError && (error.code === "forbidden" || error.code === "people_only"))) return;
  const logFields = { actor: actor.userId, owner: ownerOf(scope), permission };
  const find = async () => {
    const { organization, group } = await accessIn(db, actor, scope);
    const owner = { organizationId: organization.id, groupId: group?.id ?? null };
    return [{ actor, owner, subject: group ?? organization, detail: { permission } }];
  };
  recordRefusal("attempt.denied", Object.values(logFields).join(" "), find, logFields);
}
