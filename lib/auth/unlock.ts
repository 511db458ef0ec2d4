import { and, eq, or, sql } from "drizzle-orm";
import { db } from "@/db/client";
import { rateLimits, users } from "@/db/schema";
import { countsOf } from "./throttle";

/**
 * Clears the counts of failed sign-ins that lock a person's password sign-in, on all instances at once: the operator's
 * command. Answers how many there were; undefined where nobody has the e-mail address.
 */
export async function unlockPerson(givenEmail: string): Promise<number | undefined> {
  const email = givenEmail.trim().toLowerCase();
  const isPerson = and(eq(users.email, email), eq(users.kind, "person"));
  if ((await db.$count(users, isPerson)) === 0) return undefined;
  const counted = countsOf(email).map((beginning) => sql`starts_with(${rateLimits.key}, ${beginning})`);
  const cleared = await db
    .delete(rateLimits)
    .where(or(...counted))
    .returning({ key: rateLimits.key });
  return cleared.length;
}
