import { type Finding, right, warning } from "../finding";
import type { Inspection } from "../inspection";

const subject = "database connection";

/** Whether the application can connect, and by an encrypted connection. */
export async function connection({ database }: Inspection): Promise<Finding[]> {
  const inspected = await database;
  if (!inspected) return [right(subject, "there is no embedded database yet, the first start makes it")];
  const { client, isEmbedded } = inspected;
  const { rows } = await client.query<{ name: string; version: string; isEncrypted: boolean }>(
    `select current_database() as name, current_setting('server_version') as version,
       coalesce((select ssl from pg_stat_ssl where pid = pg_backend_pid()), false) as "isEncrypted"`,
  );
  const [{ name = "", version = "", isEncrypted = false } = {}] = rows;
  const kind = isEmbedded ? "embedded PostgreSQL" : "PostgreSQL";
  const reached = right(subject, `${kind} ${version}, the database "${name}"`);
  if (isEncrypted || isLocal(client.host)) return [reached];
  return [
    reached,
    warning(
      "database encryption",
      "the connection to another machine is not encrypted",
      "Add sslmode=verify-full to DATABASE_URL, and sslrootcert with the authority's file",
    ),
  ];
}

/** A socket's host is its folder. */
function isLocal(host: string): boolean {
  return host.startsWith("/") || host === "localhost" || host === "::1" || host.startsWith("127.");
}
