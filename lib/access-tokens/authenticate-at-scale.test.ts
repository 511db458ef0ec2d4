import { Client } from "pg";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { pool } from "@/db/client";
import { seedTokens } from "@/db/seed-many";
import { listAccessTokens } from "@/lib/access-token-list/queries";
import { createTenant, type Tenant } from "@/testing/tenant";
import { authenticateAccessToken } from "./authenticate";
import { generateSecret, hashSecret } from "./secret";
import { flushUses } from "./uses/record";

const count = 20_000;
const secrets = Array.from({ length: 100 }, () => generateSecret("group"));

let client: Client;
let tenant: Tenant;

beforeAll(async () => {
  client = new Client({ connectionString: process.env.DATABASE_URL });
  await client.connect();
  tenant = await createTenant();
  await seedTokens(client, tenant.group.id, count, { hashes: secrets.map(hashSecret), rotated: true });
}, 60_000);
afterAll(() => client.end());

/** How often an access token's tables were read by index, and by a full scan. */
async function scans(): Promise<{ by_index: number; from_end_to_end: number }> {
  const { rows } = await client.query(`
    select sum(idx_scan)::int as by_index, sum(seq_scan)::int as from_end_to_end
    from pg_stat_user_tables where relname in ('access_token_secrets', 'access_tokens', 'users', 'memberships')`);
  return rows[0];
}

test("a token among many is found, and its use recorded, by indexes only", async () => {
  const before = await scans();
  for (const secret of secrets) expect((await authenticateAccessToken(secret))?.actor.kind).toBe("technical");
  await flushUses();
  await pool.query("select pg_stat_force_next_flush()");
  const least = secrets.length * 6;
  await vi.waitUntil(async () => (await scans()).by_index - before.by_index >= least, 15_000);
  expect((await scans()).from_end_to_end).toBe(before.from_end_to_end);
});

test("the seeded tokens are listed in each of their states", async () => {
  const { admin, scope } = tenant.group;
  for (const status of ["active", "revoked", "expired"] as const) {
    const { items, nextCursor } = await listAccessTokens(admin, scope, { status, limit: 100 });
    expect(items).toHaveLength(100);
    expect(new Set(items.map((token) => token.status))).toEqual(new Set([status]));
    expect(nextCursor).not.toBeNull();
  }
  const { rows } = await client.query("select count(*)::int as tokens from access_tokens where group_id = $1", [
    tenant.group.id,
  ]);
  expect(rows).toEqual([{ tokens: count }]);
});
