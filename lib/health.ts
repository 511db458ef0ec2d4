import { pool } from "@/db/client";

const timeout = 2000;
// pg drops the query and its connection at the timeout, so that a hanging database doesn't use up the pool.
const signOfLife = { text: "select 1", query_timeout: timeout };

let underWay: Promise<boolean> | undefined;

/** True if the database answers within two seconds. Concurrent calls share one query, since anybody may call this. */
export function isDatabaseReady(): Promise<boolean> {
  underWay ??= askDatabase().finally(() => {
    underWay = undefined;
  });
  return underWay;
}

async function askDatabase(): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const tooLate = new Promise<false>((resolve) => {
    timer = setTimeout(resolve, timeout, false);
  });
  const answered = pool.query(signOfLife).then(
    () => true,
    () => false,
  );
  const ready = await Promise.race([answered, tooLate]);
  clearTimeout(timer);
  return ready;
}
