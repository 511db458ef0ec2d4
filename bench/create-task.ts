// A task: access tokens created by the command and bare inserts of one row, in turn, by the same number of writers.
import { Pool } from "pg";
import { newId } from "@/db/ids";
import { createAccessToken } from "@/lib/access-tokens/create";
import { expiration } from "@/lib/access-tokens/expiration";
import { createTenant } from "@/testing/tenant";

const writers = Number(process.env.BENCH_WRITERS);
const seconds = Number(process.env.BENCH_SECONDS);
const rounds = Number(process.env.BENCH_ROUNDS);

const { group, organization } = await createTenant();
const expiresAt = expiration.parse(new Date(Date.now() + 86_400_000).toISOString());
const pool = new Pool({ connectionString: process.env.DATABASE_URL, max: writers });
const technicalUsers = 25_000 * seconds * (rounds + 1);
await pool.query(
  `insert into users (id, kind, organization_id, name)
   select 'usr_' || i, 'technical', $1, i from generate_series(1, $2::int) i`,
  [organization.id, technicalUsers],
);
await pool.query("create table bench_rows (id bigint generated always as identity primary key, text text not null)");
await pool.query("vacuum analyze");

let made = 0;
let used = 0;
const create = () => createAccessToken(group.admin, group.scope, { name: `made ${made++}`, admin: false, expiresAt });
// One of the five rows of a creation, with its indexes and foreign keys.
const insertToken = () => {
  const text = `insert into access_tokens (id, organization_id, group_id, technical_user_id, name, name_key, search_key, is_admin,
    token_suffix, created_by_id, expires_at) values ($1, $2, $3, $4, $5, $5, $5 || $4, false, 'abcd', $6, $7)`;
  const user = ++used;
  const [id, name] = [newId("tok"), `bare ${user}`];
  const expires = new Date(expiresAt.instant.epochMilliseconds);
  const values = [id, organization.id, group.id, `usr_${user}`, name, group.admin.userId, expires];
  return pool.query(text, values);
};
const insertText = () => pool.query("insert into bench_rows (text) values ($1)", [`made ${made++}`]);

const laps: { created: number; token: number; text: number }[] = [];
for (let round = -1; round < rounds; round++) {
  const lap = {
    created: await perSecond(create),
    token: await perSecond(insertToken),
    text: await perSecond(insertText),
  };
  // The first round is the warm-up.
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
