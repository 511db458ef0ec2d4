import type { Client } from "pg";

/** Read by lib/unavailable.ts. A class would not do: the server and Next's bundle each have a copy of it. */
export const unconfirmedCommit = "UNCONFIRMED_COMMIT";

type Notice = { code?: string | undefined; message?: string | undefined; routine?: string | undefined };

/**
 * Makes every query under way fail where PostgreSQL warns that the wait for a synchronous standby was cancelled: it then
 * answers `COMMIT`, although a failover may lose the row. The warning belongs to a commit, whether the statement was
 * `commit` or one outside a transaction. The connection is not used again.
 */
export function refuseUnconfirmedCommits(client: Client): void {
  client.on("notice", (notice) => {
    if (!isUnconfirmed(notice)) return;
    const error = new Error("a synchronous standby did not confirm the commit, which a failover may lose");
    client.connection.emit("error", Object.assign(error, { code: unconfirmedCommit }));
    // Drizzle asks for a rollback then, and throws what that says.
    Object.assign(client, { query: () => Promise.reject(error) });
  });
}

// The message is in the language of `lc_messages`, which only a superuser may set; the routine's name is not.
function isUnconfirmed({ code, message = "", routine }: Notice): boolean {
  return routine === "SyncRepWaitForLSN" || (code === "01000" && message.includes("synchronous replication"));
}
