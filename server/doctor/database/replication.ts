import { type Finding, right, warning, wrong } from "../finding";
import type { InspectedDatabase } from "./inspected-database";

const subject = "database replication";
/** Seconds. Writes wait for a silent standby as long as wal_sender_timeout. */
const longestSilence = 15;

type Found = { synchronous: string; commit: string; timeout: number; standbys: number };

/** Whether an acknowledged change survives a failover, and how long a silent standby holds writes up. */
export async function replication({ client }: InspectedDatabase): Promise<Finding[]> {
  // Without pg_monitor the state of a standby is hidden, but not that it is connected. Logical subscribers and base backups
  // are not standbys.
  const { rows } = await client.query<Found>(
    `select current_setting('synchronous_standby_names') as synchronous, current_setting('synchronous_commit') as commit,
       (select setting::int / 1000 from pg_settings where name = 'wal_sender_timeout') as timeout,
       (select count(*)::int from pg_stat_replication where state is distinct from 'backup'
         and pid not in (select active_pid from pg_replication_slots where slot_type = 'logical' and active)) as standbys`,
  );
  const [found] = rows;
  if (!found) return [];
  const { synchronous, commit, timeout, standbys } = found;
  if (synchronous === "") {
    if (standbys === 0) return [right(subject, "there is no standby")];
    return [
      warning(
        subject,
        "standbys are asynchronous: a failover may lose a revocation that was acknowledged",
        "Set synchronous_standby_names, or Patroni's synchronous_mode",
      ),
    ];
  }
  if (standbys === 0) {
    return [
      wrong(
        subject,
        `synchronous_standby_names is "${synchronous}", but no standby is connected: every change waits for one`,
        "Start the standby, or empty synchronous_standby_names to go on without it",
      ),
    ];
  }
  if (timeout === 0 || timeout > longestSilence) {
    const wait = timeout === 0 ? "for ever" : `for ${timeout} seconds`;
    return [
      warning(subject, `changes wait ${wait} for a standby that has gone silent`, "Set wal_sender_timeout to 10s"),
    ];
  }
  return [
    right(subject, `synchronous (synchronous_commit ${commit}), a silent standby is given up after ${timeout} s`),
  ];
}
