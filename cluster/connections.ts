import { setTimeout } from "node:timers/promises";
import { databaseLogin } from "./engines/cluster";
import type { PostgresNode } from "./engines/node";

/** Counts the service's connections at each node twice a second until it is stopped. */
export function watchConnections(nodes: PostgresNode[]): { stop: () => Promise<number> } {
  let most = 0;
  let isStopped = false;
  const watch = async (node: PostgresNode) => {
    while (!isStopped) {
      // A node may be away.
      const rows = await node.query(counted, [databaseLogin]).catch(() => []);
      most = Math.max(most, Number(rows[0]?.connections ?? 0));
      await setTimeout(500);
    }
  };
  const watching = nodes.map(watch);
  const stop = async () => {
    isStopped = true;
    await Promise.all(watching);
    return most;
  };
  return { stop };
}

const counted = "select count(*)::int as connections from pg_stat_activity where usename = $1";
