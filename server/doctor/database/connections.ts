import type { Settings } from "@/lib/env";
import { type Finding, right, warning, wrong } from "../finding";
import type { InspectedDatabase } from "./inspected-database";

const subject = "database connections";
/** Beside the pool: for jobs, and while connections that were given up still work (record 0110). */
const besidePool = 4;
const forStart = 3;

type Found = { server: number; login: number; database: number; used: number };

/** Whether the server has room for this instance, and for one that starts while another stops. */
export async function connections(
  { client, isEmbedded }: InspectedDatabase,
  { DATABASE_POOL_SIZE }: Settings,
): Promise<Finding[]> {
  const { rows } = await client.query<Found>(
    `select current_setting('max_connections')::int - current_setting('superuser_reserved_connections')::int
         - coalesce(current_setting('reserved_connections', true)::int, 0) as server,
       (select rolconnlimit from pg_roles where rolname = session_user) as login,
       (select datconnlimit from pg_database where datname = current_database()) as database,
       (select count(*)::int from pg_stat_activity where backend_type = 'client backend' or datname is not null) as used`,
  );
  const [found] = rows;
  if (!found) return [];
  // -1 is no limit.
  const room = Math.min(...[found.server, found.login, found.database].filter((limit) => limit >= 0));
  const ofInstance = DATABASE_POOL_SIZE + besidePool;
  const says = `${room} are possible, an instance needs up to ${ofInstance}, and ${found.used} are in use`;
  if (room < ofInstance + forStart) {
    return [wrong(subject, says, "Raise max_connections or the limit of the login, or lower DATABASE_POOL_SIZE")];
  }
  if (room < 2 * ofInstance + forStart && !isEmbedded) {
    return [
      warning(subject, `${says}: too few for a second instance`, "Raise max_connections, or lower DATABASE_POOL_SIZE"),
    ];
  }
  return [right(subject, says)];
}
