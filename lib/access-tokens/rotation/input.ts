import { z } from "zod";
import { type DomainError, invalid } from "@/lib/errors";
import { assertWithinDays, dateOf, type Expiration, expiration } from "../expiration";

/** When the old secret ends: an hour after the new one's first use (at the latest after 30 days), now, or at an instant. */
export type OldSecret = "on_first_use" | "now" | Expiration;

export type RotateAccessTokenInput = { oldSecret: OldSecret; expiresAt?: Expiration | undefined };

const shape =
  "Give on_first_use, now, a date such as 2027-06-01, or an RFC 3339 instant with an offset such as 2027-06-01T12:00:00Z.";

const oldSecret = z.string({ error: shape }).transform((text, context): OldSecret => {
  if (text === "on_first_use" || text === "now") return text;
  const { data: end } = expiration.safeParse(text);
  if (end) return end;
  context.addIssue({ code: "custom", message: shape });
  return z.NEVER;
});

/** Parses the API's input; a date means the following midnight UTC. */
export const rotateAccessTokenInput = z.strictObject({
  oldSecret: oldSecret.default("on_first_use"),
  expiresAt: expiration.optional(),
});

/** Days after which the old secret ends at the latest. */
export const longestDays = 30;

/** Throws `invalid` on oldSecret: an instant has to be in the future, within 30 days and not after the token's end. */
export function assertOldSecret(ends: OldSecret, now: Date, tokenExpiresAt: Date): void {
  if (typeof ends === "string") return;
  assertWithinDays(ends, now, longestDays, {
    passed: () => refused("This date has passed. Choose a date from today on."),
    tooLate: (latest) =>
      refused(`The old secret may go on for at most ${longestDays} days. Choose a date up to ${latest}.`),
  });
  if (dateOf(ends) > tokenExpiresAt) {
    throw refused("The old secret can't go on for longer than the token. Choose an earlier date.");
  }
}

function refused(message: string): DomainError {
  return invalid("oldSecret", message);
}
