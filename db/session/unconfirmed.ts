import type { Client } from "pg";

/** Read by lib/unavailable.ts. Not a class, since the server and Next's bundle each have a copy of this module. */
export const unconfirmedCommit = "UNCONFIRMED_COMMIT";

type Notice = { code?: string | undefined; message?: string | undefined; routine?: string | undefined };

/**
 * Fails every running query if PostgreSQL warns that the wait for a synchronous standby was cancelled: it still reports
 * the commit, although a failover may lose the row. The warning belongs to a commit, explicit or implicit. The
 * connection is not used again.
 */
export function refuseUnconfirmedCommits(client: Client): void {
  client.on("notice", (notice) => {
    if (!isUnconfirmed(notice)) return;
    const error = new Error("a synchronous standby did not confirm the commit, which a failover may lose");
    client.connection.emit("error", Object.assign(error, { code: unconfirmedCommit }));
    // Drizzle sends a rollback then, and throws its error.
    Object.assign(client, { query: () => Promise.reject(error) });
  });
}

// The message depends on `lc_messages`, which only a superuser may set; the routine's name does not.
function isUnconfirmed({ code, message = "", routine }: Notice): boolean {
  return routine === "SyncRepWaitForLSN" || (code === "01000" && message.includes("synchronous replication"));
}
