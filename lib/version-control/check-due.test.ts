import { eq, lte, sql } from "drizzle-orm";
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { db } from "@/db/client";
import { auditEvents, versionControlAccesses } from "@/db/schema";
import { revokeAccessToken } from "@/lib/access-tokens/change";
import { seal } from "@/lib/crypto/seal";
import { createToken, expire, type TestToken } from "@/testing/access-tokens";
import { insertAccess } from "@/testing/accesses";
import { statementsOf } from "@/testing/database/statements";
import { startGitlab } from "@/testing/stand-ins/gitlab";
import { gitlabToken } from "@/testing/stand-ins/gitlab-credentials";
import { createTenant, type Tenant } from "@/testing/tenant";
import { credentialSealedAt } from "./access";
import { addAccess, addAccessInput } from "./add";
import { removeAccess } from "./change";
import { checkDueCredentials } from "./check-due";

type Kind = Parameters<typeof gitlabToken>[0];

let gitlab: Awaited<ReturnType<typeof startGitlab>>;
let group: Tenant["group"];
let token: TestToken;
let accessId: string;

beforeAll(async () => {
  vi.stubEnv("PROVIDER_ALLOWLIST", "127.0.0.1");
  gitlab = await startGitlab();
});
afterAll(() => gitlab.close());
beforeEach(async () => {
  gitlab.failWith(undefined);
  group = (await createTenant()).group;
  ({ token, accessId } = await newAccess());
  gitlab.requests.length = 0;
});

async function newAccess() {
  const made = await createToken(group.admin, group.scope);
  const input = { providerType: "gitlab", providerUrl: gitlab.url, token: gitlabToken("projectBot") };
  const parsed = addAccessInput.parse({ ...input, tokenScope: "project", targetId: "123" });
  const { id } = await addAccess(group.admin, made.id, parsed);
  await letBeDue(id);
  return { token: made, accessId: id };
}

const ofId = (id: string) => eq(versionControlAccesses.id, id);

async function letBeDue(id: string, checkedAgo = "1 day"): Promise<void> {
  const set = { nextCheckAt: sql`now()`, checkedAt: sql`now() - ${checkedAgo}::interval` };
  await db.update(versionControlAccesses).set(set).where(ofId(id));
}

async function become(kind: Kind, id = accessId): Promise<void> {
  const sealedToken = await seal(
    db,
    credentialSealedAt({ id, organizationId: token.organizationId }),
    gitlabToken(kind),
  );
  await db.update(versionControlAccesses).set({ sealedToken }).where(ofId(id));
}

async function row(id = accessId) {
  const [found] = await db
    .select({
      code: versionControlAccesses.checkCode,
      revision: versionControlAccesses.revision,
      hoursToNext: sql<number>`extract(epoch from ${versionControlAccesses.nextCheckAt} - now())::float8 / 3600`,
      minutesSince: sql<number>`extract(epoch from now() - ${versionControlAccesses.checkedAt})::float8 / 60`,
    })
    .from(versionControlAccesses)
    .where(ofId(id));
  if (!found) throw new Error("the access is gone");
  return found;
}

/** Checks that GitLab was asked for: each begins with the credential's own description. */
const checks = () => gitlab.requests.filter(({ path }) => path === "/api/v4/personal_access_tokens/self").length;

const inADay = (hours: number) => hours > 21.9 && hours <= 24;
const inAQuarter = (hours: number) => hours > 0.2 && hours <= 0.25;

describe("a credential that is due", () => {
  test("is checked, and its result is stored", async () => {
    await become("revoked");
    const { revision } = await row();
    await checkDueCredentials();
    const checked = await row();
    expect(checked).toMatchObject({ code: "credential_rejected", revision });
    expect(checked.minutesSince).toBeLessThan(1);
    expect(checked.hoursToNext).toSatisfy(inADay);
    await become("projectBot");
    await letBeDue(accessId);
    await checkDueCredentials();
    expect(await row()).toMatchObject({ code: null, revision: expect.any(Number) });
  });

  test("is checked once a day, without an event", async () => {
    const events = () => db.$count(auditEvents, eq(auditEvents.organizationId, token.organizationId));
    const before = await events();
    await checkDueCredentials();
    await checkDueCredentials();
    expect(checks()).toBe(1);
    expect(await events()).toBe(before);
  });

  test("is passed over with thousands of others of tokens that are not active, some at a time", async () => {
    await expire(token.id);
    await db.execute(sql`
      insert into version_control_accesses (id, organization_id, access_token_id, provider_type, provider_url, token_scope,
        target_id, sealed_token, token_suffix, accepts_personal_token, next_check_at)
      select 'vca_many_' || i, ${token.organizationId}, ${token.id}, 'gitlab', 'https://gitlab.example/' || i, 'project',
        '1', '', 'abcd', false, now()
      from generate_series(1, 2100) i`);
    const statements = await statementsOf(checkDueCredentials);
    expect(statements.filter((text) => text.startsWith('update "version_control_accesses"'))).toHaveLength(2);
    expect(checks()).toBe(0);
    expect(await db.$count(versionControlAccesses, lte(versionControlAccesses.nextCheckAt, sql`now()`))).toBe(0);
  });

  test.each([
    ["its token is revoked", async () => void (await revokeAccessToken(group.admin, token.id))],
    ["its token has expired", () => expire(token.id)],
  ])("is not checked if %s", async (_what, change) => {
    await change();
    await checkDueCredentials();
    expect(gitlab.requests).toEqual([]);
    expect((await row()).hoursToNext).toSatisfy(inADay);
  });

  test("is not checked if it was removed", async () => {
    await removeAccess(group.admin, token.id, accessId);
    await checkDueCredentials();
    expect(gitlab.requests).toEqual([]);
  });

  test("that does not open keeps its result, and the others are checked", async () => {
    const damaged = await insertAccess(token, {
      providerUrl: `${gitlab.url}/`,
      checkedAt: sql`now() - interval '1 day'`,
    });
    await db.update(versionControlAccesses).set({ nextCheckAt: sql`now()` }).where(ofId(damaged));
    await checkDueCredentials();
    const { code, minutesSince, hoursToNext } = await row(damaged);
    expect(code).toBeNull();
    expect(minutesSince).toBeGreaterThan(60);
    expect(hoursToNext).toSatisfy(inADay);
    expect((await row()).minutesSince).toBeLessThan(1);
  });

  test("keeps no result of a credential that was replaced meanwhile", async () => {
    await become("revoked");
    gitlab.failWith("answer_held");
    const run = checkDueCredentials();
    await expect.poll(checks).toBe(1);
    await become("projectBot");
    gitlab.failWith(undefined);
    await run;
    const { code, hoursToNext } = await row();
    expect(code).toBeNull();
    expect(hoursToNext).toSatisfy(inAQuarter);
  });
});

test("two instances check each credential once, and a provider's one after the other", async () => {
  await newAccess();
  await newAccess();
  gitlab.requests.length = 0;
  gitlab.failWith("answer_held");
  const first = checkDueCredentials();
  await expect.poll(checks).toBe(1);
  // The first instance has the provider's place, so the second one ends.
  await checkDueCredentials();
  expect(checks()).toBe(1);
  gitlab.failWith(undefined);
  await first;
  await checkDueCredentials();
  expect(checks()).toBe(3);
});

describe("a provider in trouble", () => {
  test.each(["error", "rate_limited"] as const)("is asked once for all, and marks no credential: %s", async (fault) => {
    const other = await newAccess();
    gitlab.requests.length = 0;
    gitlab.failWith(fault);
    await checkDueCredentials();
    await checkDueCredentials();
    expect(gitlab.requests).toHaveLength(1);
    for (const id of [accessId, other.accessId]) {
      const { code, minutesSince, hoursToNext } = await row(id);
      expect(code).toBeNull();
      expect(minutesSince).toBeGreaterThan(60);
      expect(hoursToNext).toSatisfy(inAQuarter);
    }
  });

  test("for two days marks its credentials, as a check by a person would", async () => {
    const other = await newAccess();
    for (const id of [accessId, other.accessId]) await letBeDue(id, "49 hours");
    gitlab.failWith("error");
    await checkDueCredentials();
    for (const id of [accessId, other.accessId]) {
      const { code, hoursToNext } = await row(id);
      expect(code).toBe("provider_unreachable");
      expect(hoursToNext).toSatisfy(inADay);
    }
  });

  test("does not keep the credentials at others waiting", async () => {
    const healthy = await startGitlab();
    const made = await createToken(group.admin, group.scope);
    const input = { providerType: "gitlab", providerUrl: healthy.url, token: gitlabToken("projectBot") };
    const parsed = addAccessInput.parse({ ...input, tokenScope: "project", targetId: "123" });
    const { id } = await addAccess(group.admin, made.id, parsed);
    await letBeDue(id);
    gitlab.failWith("error");
    await checkDueCredentials();
    expect((await row(id)).minutesSince).toBeLessThan(1);
    await healthy.close();
  });
});

test("a new access is due in a day", async () => {
  const made = await createToken(group.admin, group.scope);
  const id = await insertAccess(made);
  expect((await row(id)).hoursToNext).toBeGreaterThan(23);
});
