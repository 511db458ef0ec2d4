import { eq } from "drizzle-orm";
import { calendars } from "@/db/schema";
import { hashSecret, randomBase62 } from "@/lib/access-tokens/secret";
import type { AuditEvent } from "@/lib/audit/record";
import type { Actor } from "@/lib/auth/actor";
import type { Rights } from "@/lib/auth/authorize";
import { ownerOf, type Scope } from "@/lib/auth/scope";
import { DomainError, notFound } from "@/lib/errors";
import { mutate } from "@/lib/mutate";

/** 256 random bits, in characters that need no escaping in a path. */
const secretLength = 43;

/**
 * Makes the scope's calendar link. It is the scope's: it stays when its maker leaves. Only this result has the secret.
 * Throws `conflict` if there is a link already.
 */
export function createCalendar(actor: Actor, scope: Scope): Promise<{ secret: string }> {
  return mutate(actor, scope, "settings:manage", async (tx, rights) => {
    const { organization, group } = rights;
    const secret = randomBase62(secretLength);
    const [created] = await tx
      .insert(calendars)
      .values({
        ownerId: ownerOf(scope),
        organizationId: organization.id,
        groupId: group?.id ?? null,
        secretHash: hashSecret(secret),
        createdById: actor.userId,
      })
      .onConflictDoNothing({ target: calendars.ownerId })
      .returning({ id: calendars.id });
    if (!created) throw new DomainError("conflict", "There is a calendar link already. Revoke it first.");
    return { result: { secret }, event: eventOf("calendar.created", created.id, rights) };
  });
}

/** Ends the scope's calendar link. Throws `not_found` if there is none. */
export function revokeCalendar(actor: Actor, scope: Scope): Promise<void> {
  return mutate(actor, scope, "settings:manage", async (tx, rights) => {
    const [revoked] = await tx
      .delete(calendars)
      .where(eq(calendars.ownerId, ownerOf(scope)))
      .returning({ id: calendars.id });
    if (!revoked) throw notFound("This calendar link");
    return { result: undefined, event: eventOf("calendar.revoked", revoked.id, rights) };
  });
}

function eventOf(action: "calendar.created" | "calendar.revoked", id: string, { organization, group }: Rights) {
  return { action, subject: { id, name: (group ?? organization).name } } satisfies AuditEvent;
}
