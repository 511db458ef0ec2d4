import { eq } from "drizzle-orm";
import { Temporal } from "temporal-polyfill";
import { describe, expect, test } from "vitest";
import { db } from "@/db/client";
import { accessTokens } from "@/db/schema";
import { createToken, tokenInput } from "@/testing/access-tokens";
import { everyRow } from "@/testing/database/database-owner";
import { refusal } from "@/testing/refusal";
import { sharedCases } from "@/testing/shared-cases";
import { createTenant } from "@/testing/tenant";
import { createAccessToken, createAccessTokenInput } from "./create";
import { type Expiration, expiration, expirationInZone } from "./expiration";

// The shared cases use dates beyond the default limit.
const maxDays = 3000;
process.env.TOKEN_MAX_LIFETIME_DAYS = String(maxDays);

const today = (timeZone = "UTC") => Temporal.Now.plainDateISO(timeZone);
const inZone = (date: Temporal.PlainDate, timeZone: string) =>
  expirationInZone.parse({ date: date.toString(), timeZone });
const milliseconds = (count: number) => expiration.parse(new Date(Date.now() + count).toISOString());

async function create(expiresAt: Expiration) {
  const { group } = await createTenant();
  return createToken(group.admin, group.scope, { expiresAt });
}

test.each(["UTC", "Pacific/Kiritimati", "Pacific/Pago_Pago", "Europe/Berlin"])(
  "a token may expire at the end of today, and of the last day allowed, in %s",
  async (timeZone) => {
    for (const days of [0, maxDays]) {
      const date = today(timeZone).add({ days });
      const midnight = date.add({ days: 1 }).toZonedDateTime(timeZone).toInstant();
      const { expiresAt } = await create(inZone(date, timeZone));
      expect(expiresAt.getTime()).toBe(midnight.epochMilliseconds);
    }
  },
);

const refused: [string, () => Expiration, RegExp][] = [
  ["an instant that has just passed", () => milliseconds(-1), /has passed/],
  ["yesterday", () => inZone(today().subtract({ days: 1 }), "UTC"), /has passed/],
  ["a day after the last", () => inZone(today().add({ days: maxDays + 1 }), "UTC"), /at most 3000 days/],
  ["the last year that there is", () => expiration.parse("9999-12-31"), /at most 3000 days/],
];
test.each(refused)("%s is refused on its field, and nothing is created", async (_what, expiresAt, message) => {
  const { group } = await createTenant();
  const before = await everyRow();
  const answer = await refusal(createAccessToken(group.admin, group.scope, tokenInput({ expiresAt: expiresAt() })));
  expect(answer).toMatchObject({
    code: "invalid",
    errors: [{ field: "expiresAt", message: expect.stringMatching(message) }],
  });
  expect(await everyRow()).toEqual(before);
});

test("the table refuses an infinite expiration", async () => {
  const token = await create(milliseconds(60_000));
  const never = db.execute(`update access_tokens set expires_at = 'infinity' where id = '${token.id}'`);
  await expect(never).rejects.toMatchObject({ cause: { constraint: "access_tokens_expires" } });
  expect(await db.$count(accessTokens, eq(accessTokens.id, token.id))).toBe(1);
});

describe("each shared case of an expiration", () => {
  test("gets the expected result from schema and command", async () => {
    for (const { value, expect: expected, why } of sharedCases("expires_at")) {
      const input = createAccessTokenInput.safeParse({ name: "nightly", expiresAt: value });
      expect(input.success ? "accept" : "reject", why).toBe(expected);
      const isAhead = input.success && input.data.expiresAt.instant.epochMilliseconds > Date.now();
      if (!isAhead) continue;
      const { group } = await createTenant();
      const { token } = await createAccessToken(group.admin, group.scope, input.data);
      expect(token.status, why).toBe("active");
    }
  });
});
