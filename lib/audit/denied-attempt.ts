import { db } from "@/db/client";
import type { Actor } from "@/lib/auth/actor";
import { accessIn, type Permission } from "@/lib/auth/authorize";
import { ownerOf, type Scope } from "@/lib/auth/scope";
import { DomainError } from "@/lib/errors";
import { recordRefusal } from "./refusals";

/** Records a command that was refused to someone who may see the scope; what ended otherwise is none. */
export function recordDeniedAttempt(actor: Actor, scope: Scope, permission: Permission, error: unknown): void {
  if (!(error instanceof DomainError && (error.code === "forbidden" || error.code === "people_only"))) return;
  recordRefusal("attempt.denied", `${actor.userId} ${ownerOf(scope)} ${permission}`, async () => {
    const { organization, group } = await accessIn(db, actor, scope);
    const owner = { organizationId: organization.id, groupId: group?.id ?? null };
    return [{ actor, owner, subject: group ?? organization, detail: { permission } }];
  });
}
