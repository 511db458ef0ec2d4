import { and, eq, or, sql } from "drizzle-orm";
import { db } from "@/db/client";
import { rateLimits, users } from "@/db/schema";
import { countsOf } from "./throttle";

/**
 * Clears the failure counts that lock a person's password sign-in, on all instances at once; the operator's command.
 * Returns how many counts held a failure; undefined if nobody has the e-mail address.
 */
export async function unlockPerson(givenEmail: string): Promise<number | undefined> {
  const email = givenEmail.trim().toLowerCase();
  const isPerson = and(eq(users.email, email), eq(users.kind, "person"));
  if ((await db.$count(users, isPerson)) === 0) return undefined;
  const counted = countsOf(email).map((beginning) => sql`starts_with(${rateLimits.key}, ${beginning})`);
  const cleared = await db
    .delete(rateLimits)
    .where(or(...counted))
    .returning({ points: rateLimits.points });
  // A success leaves a count of zero.
  return cleared.filter(({ points }) => points > 0).length;
}
