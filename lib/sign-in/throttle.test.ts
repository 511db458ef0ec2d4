import { sql } from "drizzle-orm";
import { expect, test, vi } from "vitest";
import { db } from "@/db/client";
import { newId } from "@/db/ids";
import { rateLimits } from "@/db/schema";
import { outcomes, refusal } from "@/testing/refusal";
import { createThrottle } from "./throttle";

const many = { points: 1000, duration: 60 };
const few = { points: 3, duration: 60 };

const right = async () => "person";
const wrong = async () => undefined;
const newEmail = () => `${newId("usr")}@example.com`;

async function fail(throttled: ReturnType<typeof createThrottle>, email: string, address: string, times: number) {
  for (let time = 0; time < times; time++) expect(await throttled({ email, address }, wrong)).toBeUndefined();
}

test("failures on two instances count together, and at the limit nothing is attempted", async () => {
  const limits = { pair: few, network: many, email: many };
  const [here, there] = [createThrottle(limits), createThrottle(limits)];
  const visitor = { email: newEmail(), address: "192.0.2.1" };
  await fail(here, visitor.email, visitor.address, 2);
  await fail(there, visitor.email, visitor.address, 1);
  for (const throttled of [here, there]) {
    const refused = await refusal(throttled(visitor, () => Promise.reject(new Error("attempted"))));
    expect(refused).toMatchObject({ code: "rate_limited" });
    expect(refused.message).toMatch(/^Too many attempts\. Try again in (59|60) seconds\.$/);
  }
});

test("the limit affects neither another address nor another e-mail address", async () => {
  const throttled = createThrottle({ pair: few, network: many, email: many });
  const email = newEmail();
  await fail(throttled, email, "192.0.2.2", 3);
  expect(await throttled({ email, address: "192.0.2.3" }, right)).toBe("person");
  expect(await throttled({ email: newEmail(), address: "192.0.2.2" }, right)).toBe("person");
});

test("a success clears the failures of this address and e-mail address", async () => {
  const throttled = createThrottle({ pair: few, network: many, email: many });
  const visitor = { email: newEmail(), address: "192.0.2.4" };
  await fail(throttled, visitor.email, visitor.address, 2);
  expect(await throttled(visitor, right)).toBe("person");
  await fail(throttled, visitor.email, visitor.address, 3);
  expect(await refusal(throttled(visitor, right))).toMatchObject({ code: "rate_limited" });
});

test("a success costs nothing, and refunds only itself to the network and the e-mail address", async () => {
  const throttled = createThrottle({ pair: many, network: few, email: few });
  const visitor = { email: newEmail(), address: "192.0.2.7" };
  for (let round = 0; round < 4; round++) expect(await throttled(visitor, right)).toBe("person");
  await fail(throttled, visitor.email, visitor.address, 2);
  expect(await throttled(visitor, right)).toBe("person");
  await fail(throttled, visitor.email, visitor.address, 1);
  expect(await refusal(throttled(visitor, right))).toMatchObject({ code: "rate_limited" });
});

test("guesses at one person from many addresses are limited", async () => {
  const throttled = createThrottle({ pair: many, network: many, email: few });
  const email = newEmail();
  for (const host of [1, 2, 3]) await fail(throttled, email, `198.51.100.${host}`, 1);
  expect(await refusal(throttled({ email, address: "198.51.100.9" }, right))).toMatchObject({ code: "rate_limited" });
});

test("guesses at many people from one network are limited", async () => {
  const throttled = createThrottle({ pair: many, network: few, email: many });
  for (const host of [1, 2, 3]) await fail(throttled, newEmail(), `2001:db8:7:7::${host}`, 1);
  const next = { email: newEmail(), address: "2001:db8:7:7:8::1" };
  expect(await refusal(throttled(next, right))).toMatchObject({ code: "rate_limited" });
});

test("a caller with a /48 network has no more attempts than one with a /64", async () => {
  const throttled = createThrottle();
  const email = newEmail();
  for (let subnet = 0; subnet < 5; subnet++) await fail(throttled, email, `2001:db8:48:${subnet}::1`, 1);
  for (let subnet = 5; subnet < 21; subnet++) {
    const refused = await refusal(throttled({ email, address: `2001:db8:48:${subnet}::1` }, right));
    expect(refused).toMatchObject({ code: "rate_limited" });
  }
  expect(await throttled({ email, address: "2001:db8:49::1" }, right)).toBe("person");
});

test("refused guesses at one person don't limit others in the same network", async () => {
  const throttled = createThrottle({ pair: few, network: { points: 5, duration: 60 }, email: many });
  const email = newEmail();
  await fail(throttled, email, "192.0.2.20", 3);
  for (let time = 0; time < 10; time++) await refusal(throttled({ email, address: "192.0.2.20" }, wrong));
  expect(await throttled({ email: newEmail(), address: "192.0.2.20" }, right)).toBe("person");
});

test("past the network's limit nothing is written for the e-mail addresses tried", async () => {
  const throttled = createThrottle({ pair: many, network: few, email: many });
  for (let time = 0; time < 3; time++) await fail(throttled, newEmail(), "192.0.2.21", 1);
  const before = await db.$count(rateLimits);
  const more = Array.from({ length: 30 }, () => throttled({ email: newEmail(), address: "192.0.2.21" }, right));
  expect(await outcomes(more)).toEqual({ rate_limited: 30 });
  expect(await db.$count(rateLimits)).toBe(before);
});

test("a known device and other browsers count only their own failures", async () => {
  const throttled = createThrottle({ pair: few, network: few, email: few, device: few });
  const email = newEmail();
  const [known, stranger] = [
    { email, address: "192.0.2.22", device: "known" },
    { email, address: "192.0.2.22" },
  ];
  await fail(throttled, email, "192.0.2.22", 3);
  expect(await refusal(throttled(stranger, right))).toMatchObject({ code: "rate_limited" });
  expect(await throttled(known, right)).toBe("person");
  for (let time = 0; time < 3; time++) expect(await throttled(known, wrong)).toBeUndefined();
  expect(await refusal(throttled(known, right))).toMatchObject({ code: "rate_limited" });
  expect(await throttled({ ...known, device: "another" }, right)).toBe("person");
  expect(await throttled({ ...known, email: newEmail() }, right)).toBe("person");
});

test("a string that is no address counts as one unknown network, whatever its length", async () => {
  const throttled = createThrottle({ pair: few, network: many, email: many });
  const email = newEmail();
  for (const address of [null, "unknown", "x".repeat(12_000)]) await fail(throttled, email, address ?? "", 1);
  expect(await refusal(throttled({ email, address: null }, right))).toMatchObject({ code: "rate_limited" });
  expect(await db.$count(rateLimits, sql`length(${rateLimits.key}) > 200`)).toBe(0);
});

test("concurrent attempts don't exceed the limit", async () => {
  const throttled = createThrottle({ pair: few, network: many, email: many });
  const visitor = { email: newEmail(), address: "192.0.2.5" };
  const runs = Array.from({ length: 20 }, () => throttled(visitor, wrong));
  expect(await outcomes(runs)).toEqual({ done: 3, rate_limited: 17 });
});

test("the block ends on time, however many attempts are made meanwhile", async () => {
  const throttled = createThrottle({ pair: { points: 1, duration: 1 }, network: many, email: many });
  const visitor = { email: newEmail(), address: "192.0.2.6" };
  await fail(throttled, visitor.email, visitor.address, 1);
  expect(await refusal(throttled(visitor, right))).toMatchObject({
    message: "Too many attempts. Try again in 1 second.",
  });
  await vi.waitFor(async () => expect(await throttled(visitor, right)).toBe("person"), {
    timeout: 5000,
    interval: 100,
  });
});

test("no e-mail address is stored", async () => {
  const email = newEmail();
  await fail(createThrottle(), email, "192.0.2.8", 1);
  const rows = await db.select().from(rateLimits).where(sql`${rateLimits.key} like '%192.0.2.8'`);
  expect(rows.map((row) => row.key).sort()).toEqual([
    "sign-in:network:192.0.2.8",
    expect.stringMatching(/^sign-in:pair:[\w-]{43}:192\.0\.2\.8$/),
  ]);
});
