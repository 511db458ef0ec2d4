import { pool } from "@/db/client";
import { withDatabaseDeadline, withReservedConnections } from "./database-deadline";
import { processWide } from "./process/process-wide";

const timeout = 2000;

let underWay: Promise<boolean> | undefined;

/** True if the database answers within two seconds. Concurrent calls share one query, since anybody may call this. */
export function isDatabaseReady(): Promise<boolean> {
  underWay ??= withDatabaseDeadline(() => withReservedConnections(askDatabase), timeout).finally(() => {
    underWay = undefined;
  });
  return underWay;
}

function askDatabase(): Promise<boolean> {
  return pool.query("select 1").then(
    () => true,
    () => false,
  );
}

/** True once the process was asked to end: a load balancer should send its requests to others. */
export function isStopping(): boolean {
  return processWide.isStopping;
}
