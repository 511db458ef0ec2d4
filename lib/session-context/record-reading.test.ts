import { setTimeout as wait } from "node:timers/promises";
import { afterEach, expect, test, vi } from "vitest";
import { createToken } from "@/testing/access-tokens";
import { from, refusalsIn } from "@/testing/refusals";
import { createTenant, type Tenant } from "@/testing/tenant";
import { recordReading } from "./record-reading";

type Token = Awaited<ReturnType<typeof createToken>>;

async function createReader({ group }: Tenant) {
  const token = await createToken(group.admin, group.scope);
  const { id: userId, username: name } = token.technicalUser;
  const actor = { kind: "technical" as const, userId, name, accessTokenId: token.id };
  return { token, read: (address: string) => from(() => recordReading(actor, token), address) };
}

const readingsOf = async (tenant: Tenant, token: Token) =>
  (await refusalsIn(tenant.group.id, "session_context.read")).filter(({ subjectId }) => subjectId === token.id);

afterEach(() => void vi.restoreAllMocks());

test("reads from one /64 network, concurrent or not, are one event", async () => {
  const tenant = await createTenant();
  const { token, read } = await createReader(tenant);
  await Promise.all(Array.from({ length: 40 }, (_, host) => read(`2001:db8:1:2::${host}`)));
  for (let host = 40; host < 80; host++) await read(`2001:db8:1:2:ffff::${host}`);
  expect(await readingsOf(tenant, token)).toHaveLength(1);
});

test("reads from many networks are limited per hour and organization, and each token's first one is recorded", async () => {
  const [tenant, otherTenant] = [await createTenant(), await createTenant()];
  const { token, read } = await createReader(tenant);
  for (let network = 0; network < 130; network++) await read(`2001:db8:${network.toString(16)}::1`);
  const events = await readingsOf(tenant, token);
  expect(events).toHaveLength(101);
  const last = events.filter(({ detail }) => detail.further_not_recorded_until);
  expect(last).toEqual([events.at(-1)]);
  const another = await createReader(tenant);
  await another.read("2001:db8::1");
  await another.read("2001:db8:1::1");
  expect(await readingsOf(tenant, another.token)).toHaveLength(1);
  const other = await createReader(otherTenant);
  await other.read("2001:db8::1");
  await other.read("2001:db8:1::1");
  expect(await readingsOf(otherTenant, other.token)).toHaveLength(2);
});

test("a token's first read in five minutes is recorded, however many networks read it meanwhile", async () => {
  const now = performance.now.bind(performance);
  let ahead = 0;
  vi.spyOn(performance, "now").mockImplementation(() => now() + ahead);
  const tenant = await createTenant();
  const { token, read } = await createReader(tenant);
  for (let network = 0; network < 110; network++) await read(`2001:db8:${network.toString(16)}::1`);
  const before = (await readingsOf(tenant, token)).length;
  for (let minute = 1; minute <= 6; minute++) {
    ahead = minute * 60_000;
    // lru-cache keeps the time that it has read for a millisecond.
    await wait(2);
    await read(`2001:db8:ffff:${minute}::1`);
    expect(await readingsOf(tenant, token)).toHaveLength(minute < 5 ? before : before + 1);
  }
});
