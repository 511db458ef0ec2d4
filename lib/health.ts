import { pool } from "@/db/client";

const timeout = 2000;
// pg gives up on the answer, and on the connection, so that a database that hangs doesn't use up the pool.
const signOfLife = { text: "select 1", query_timeout: timeout };

let underWay: Promise<boolean> | undefined;

/** True where the database answers within two seconds. Those who ask meanwhile, and anybody may, get the same answer. */
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
