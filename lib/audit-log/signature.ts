import { sql } from "drizzle-orm";
import { db } from "@/db/client";
import { auditChain } from "@/db/schema";
import { bytesOf, type StoredEvent } from "@/lib/audit/chain/keys";
import { SealError } from "@/lib/crypto/aes-gcm";
import { existingAuthenticator } from "@/lib/crypto/authenticator";

/** Without the generated column, as a file has it. */
export type ExportedEvent = Omit<StoredEvent, "ownerId">;

type Sign = (event: ExportedEvent, position: number | null) => string;

/**
 * Signs events with their position in the chain, by a key that only the application has: a changed line of an export is
 * found. The key is another one than the chain's, whose proofs must not leave the database. Undefined if the
 * organization has no data key, or it can't be opened.
 */
export async function exportSignature(organizationId: string): Promise<Sign | undefined> {
  try {
    const authenticate = await existingAuthenticator(db, organizationId, "audit log export");
    return (
      authenticate &&
      ((event, position) => {
        const ownerId = event.groupId ?? event.organizationId;
        return authenticate(Buffer.from(`${position}:`), bytesOf({ ...event, ownerId })).toString("base64url");
      })
    );
  } catch (error) {
    if (error instanceof SealError) return undefined;
    throw error;
  }
}

/** The events' positions in their chains; an event that is not sealed yet has none. */
export async function chainPositions(eventIds: string[]): Promise<Map<string, number>> {
  const rows = await db
    .select({ eventId: auditChain.eventId, position: auditChain.position })
    .from(auditChain)
    .where(sql`${auditChain.eventId} = any(${sql.param(eventIds)})`);
  return new Map(rows.map(({ eventId, position }) => [eventId, position]));
}
