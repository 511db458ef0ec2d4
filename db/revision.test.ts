import { eq, sql } from "drizzle-orm";
import { expect, test } from "vitest";
import { createToken } from "@/testing/access-tokens";
import { insertAccess } from "@/testing/accesses";
import { createTenant } from "@/testing/tenant";
import { db } from "./client";
import { accessTokens, versionControlAccesses } from "./schema";

const now = sql`clock_timestamp()`;

// Each migration that adds such a column replaces the trigger with its whole list.
test("what is only observed of a token or a stored credential is no revision, and what somebody sets is one", async () => {
  const { group } = await createTenant();
  const token = await createToken(group.admin, group.scope);
  const accessId = await insertAccess(token);
  const ofToken = eq(accessTokens.id, token.id);
  const ofAccess = eq(versionControlAccesses.id, accessId);
  const revisions = async () => [
    (await db.select().from(accessTokens).where(ofToken))[0]?.revision,
    (await db.select().from(versionControlAccesses).where(ofAccess))[0]?.revision,
  ];
  const before = await revisions();

  const uses = { lastUsedAt: now, lastUsedFrom: [], pipelinesLastUsedAt: now, secretLastUsedAt: now };
  for (const set of [uses, { idleNoticedAt: now }, { nextNoticeAt: now }]) {
    await db.update(accessTokens).set(set).where(ofToken);
    expect(await revisions(), Object.keys(set).join()).toEqual(before);
  }
  const check = { checkCode: "x", checkMessage: "X", checkedAt: now, targetNumber: "1", tokenExpiresAt: now };
  for (const set of [check, { nextCheckAt: now }, { nextNoticeAt: now }, { failureNotified: true }]) {
    await db.update(versionControlAccesses).set(set).where(ofAccess);
    expect(await revisions(), Object.keys(set).join()).toEqual(before);
  }

  await db.update(accessTokens).set({ description: "for the bench" }).where(ofToken);
  await db.update(versionControlAccesses).set({ targetId: "another" }).where(ofAccess);
  expect(await revisions()).toEqual(before.map((revision = 0) => revision + 1));
});
