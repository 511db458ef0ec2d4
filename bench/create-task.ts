// A task: creations of access tokens through the domain beside bare inserts of one row, in turn, by as many writers.
import { Pool } from "pg";
import { createAccessToken } from "@/lib/access-tokens/create";
import { expiration } from "@/lib/access-tokens/expiration";
import { createTenant } from "@/lib/testing/tenant";

const writers = Number(process.env.BENCH_WRITERS);
const seconds = Number(process.env.BENCH_SECONDS);
const rounds = Number(process.env.BENCH_ROUNDS);

const { group } = await createTenant();
const expiresAt = expiration.parse(new Date(Date.now() + 86_400_000).toISOString());
const pool = new Pool({ connectionString: process.env.DATABASE_URL, max: writers });
await pool.query(
  "create table if not exists bench_rows (id bigint generated always as identity primary key, text text not null)",
);

let made = 0;
const create = () => createAccessToken(group.admin, group.scope, { name: `made ${made++}`, admin: false, expiresAt });
const insert = () => pool.query("insert into bench_rows (text) values ($1)", [`made ${made++}`]);

const laps: { created: number; inserted: number }[] = [];
for (let round = -1; round < rounds; round++) {
  const lap = { created: await perSecond(create), inserted: await perSecond(insert) };
  // The first is for warming up.
  if (round >= 0) laps.push(lap);
}
await pool.end();
process.send?.(laps);

async function perSecond(work: () => Promise<unknown>): Promise<number> {
  const end = performance.now() + seconds * 1000;
  let done = 0;
  await Promise.all(
    Array.from({ length: writers }, async () => {
      for (; performance.now() < end; done++) await work();
    }),
  );
  return done / seconds;
}
