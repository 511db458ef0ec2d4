import { and, asc, eq, getTableColumns, gt, inArray, isNotNull, isNull, lte, or, sql } from "drizzle-orm";
import { db } from "@/db/client";
import { accessTokens, versionControlAccesses } from "@/db/schema";
import { SealError } from "@/lib/crypto/aes-gcm";
import { createPlaces } from "@/lib/limits/places";
import { asBackgroundProviderCall } from "@/lib/limits/provider-calls";
import { log } from "@/lib/log";
import { type CheckOutcome, outcomeOf } from "./change";
import { unsealAccess } from "./unseal-access";

const providersAtOnce = 5;
/** Milliseconds after which a run begins no further check: the next run goes on. */
const longestRun = 50_000;
const passedAtOnce = 2000;

/** The provider's own trouble, which says nothing about the credential. */
const troubles: (string | null)[] = ["provider_unreachable", "rate_limited"];
/** For how long trouble leaves the result of the last check as it is, and after how long the provider is asked again. */
const patience = sql`now() - interval '2 days'`;
const pause = sql`now() + interval '15 minutes'`;
/** Not always at the same time: checks that were due at once spread over the days. */
const inADay = sql`now() + interval '1 day' - random() * interval '2 hours'`;

const { id, accessTokenId, providerUrl, removedAt, nextCheckAt, checkedAt, sealedToken } = versionControlAccesses;
const isDue = and(isNull(removedAt), lte(nextCheckAt, sql`now()`));
const isActive = and(isNull(accessTokens.revokedAt), gt(accessTokens.expiresAt, sql`now()`));
const oneAtATime = createPlaces({ name: "credential-checks", places: 1, maxWait: 0 });

type Access = Omit<typeof versionControlAccesses.$inferSelect, "revision">;

/**
 * Checks the stored credentials of active tokens that are due, which each is once a day, and stores the results as
 * `checkAgain` does. One at a time for each provider, across all instances.
 */
export async function checkDueCredentials(): Promise<void> {
  await passOverInactive();
  const end = Date.now() + longestRun;
  const providers = (await dueProviders()).values();
  const checkNext = async () => {
    for (const provider of providers) await oneAtATime.withPlace(provider, () => checkProvider(provider, end));
  };
  await Promise.all(Array.from({ length: providersAtOnce }, checkNext));
}

/** Nothing uses the credentials of revoked and expired tokens. */
async function passOverInactive(): Promise<void> {
  while ((await passOverSome()) === passedAtOnce);
}

/** A part of them, since all that have become due while no instance ran would take a statement too long. */
async function passOverSome(): Promise<number> {
  const some = db
    .select({ id })
    .from(versionControlAccesses)
    .innerJoin(accessTokens, eq(accessTokens.id, accessTokenId))
    .where(and(isDue, or(isNotNull(accessTokens.revokedAt), lte(accessTokens.expiresAt, sql`now()`))))
    .limit(passedAtOnce)
    .for("update", { of: versionControlAccesses, skipLocked: true });
  const passed = await db.update(versionControlAccesses).set({ nextCheckAt: inADay }).where(inArray(id, some));
  return passed.rowCount ?? 0;
}

async function dueProviders(): Promise<string[]> {
  const due = await db.selectDistinct({ url: providerUrl }).from(versionControlAccesses).where(isDue);
  return due.map(({ url }) => url);
}

async function checkProvider(provider: string, end: number): Promise<void> {
  try {
    let access = await claim(provider);
    while (access && (await check(access)) && Date.now() < end) access = await claim(provider);
  } catch (error) {
    log.warn({ err: error, provider }, "stored credentials could not be checked");
  }
}

/** A due access of the provider, which is not due for other instances any more. If this one crashes, it is again. */
async function claim(provider: string): Promise<Access | undefined> {
  const first = db
    .select({ id })
    .from(versionControlAccesses)
    .innerJoin(accessTokens, eq(accessTokens.id, accessTokenId))
    .where(and(isDue, eq(providerUrl, provider), isActive))
    .orderBy(asc(nextCheckAt))
    .limit(1)
    .for("update", { of: versionControlAccesses, skipLocked: true });
  const [claimed] = await db
    .update(versionControlAccesses)
    .set({ nextCheckAt: pause })
    .where(inArray(id, first))
    .returning(getTableColumns(versionControlAccesses));
  return claimed;
}

/** False if the provider should get no further requests for the moment. */
async function check(access: Access): Promise<boolean> {
  const called = await asBackgroundProviderCall(access.organizationId, () => outcomeOfStored(access));
  // The organization's places are taken: it stays claimed, and is due again after the pause.
  if (!called) return true;
  const { result: outcome } = called;
  const isTrouble = outcome !== undefined && troubles.includes(outcome.checkCode);
  const mayStore = isTrouble ? lte(checkedAt, patience) : undefined;
  const stored = await db
    .update(versionControlAccesses)
    .set({ ...outcome, ...(outcome && { checkedAt: sql`clock_timestamp()` }), nextCheckAt: inADay })
    .where(and(eq(id, access.id), isNull(removedAt), eq(sealedToken, access.sealedToken), mayStore))
    .returning({ id });
  if (!isTrouble || stored.length > 0) return true;
  await db
    .update(versionControlAccesses)
    .set({ nextCheckAt: pause })
    .where(and(isDue, eq(providerUrl, access.providerUrl)));
  return false;
}

/** Undefined for a credential that does not open, which is recorded already. */
async function outcomeOfStored(access: Access): Promise<CheckOutcome | undefined> {
  try {
    return await outcomeOf(await unsealAccess(db, access));
  } catch (error) {
    if (error instanceof SealError) return undefined;
    throw error;
  }
}
