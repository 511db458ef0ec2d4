import { eq, sql } from "drizzle-orm";
import { expect, test } from "vitest";
import { db } from "@/db/client";
import { accessTokens, trustedPipelines } from "@/db/schema";
import { pipelineSecret, trustPipeline } from "@/testing/pipelines/pipelines";
import { refusal } from "@/testing/refusal";
import { createRotationScene } from "@/testing/rotation/rotations";
import { authenticateAccessToken } from "../authenticate";
import { getAccessToken } from "../queries";
import { deleteSecret } from "../rotation/delete-secret";
import { completeRotation } from "../rotation/end";
import { type Credentials, getCredentials } from "../rotation/queries";
import { createUseRecorder, flushUses } from "./record";

const minute = 60_000;
const never = { secretLastUsedAt: null, pipelinesLastUsedAt: null };

/** An instance with its own memory, and a clock that the test moves. */
function startInstance() {
  let now = 1_000_000;
  const { recordUse, flushUses } = createUseRecorder(() => now);
  return {
    recordUse,
    flushUses,
    pass: (milliseconds: number) => {
      now += milliseconds;
    },
  };
}

async function createScene() {
  const scene = await createRotationScene();
  const { admin, token } = scene;
  return {
    ...scene,
    credentials: () => getCredentials(admin, token.id),
    lastUsedAt: async () => (await getAccessToken(admin, token.id)).lastUsedAt,
  };
}

const minutesBetween = (one: Date | null, other: Date | null) =>
  Math.round(((other?.getTime() ?? 0) - (one?.getTime() ?? 0)) / minute);
const between = ({ secretLastUsedAt, pipelinesLastUsedAt }: Credentials) =>
  minutesBetween(secretLastUsedAt, pipelinesLastUsedAt);

test("without pipelines the secret's last use is the token's, and nothing else is written", async () => {
  const { token, credentials, lastUsedAt } = await createScene();
  expect(await credentials()).toEqual({ ...never, trustedPipelines: 0 });
  await authenticateAccessToken(token.secret);
  await flushUses();
  expect(await credentials()).toEqual({
    trustedPipelines: 0,
    secretLastUsedAt: await lastUsedAt(),
    pipelinesLastUsedAt: null,
  });
  const [row] = await db.select().from(accessTokens).where(eq(accessTokens.id, token.id));
  expect(row).toMatchObject({ lastUsedAt: expect.any(Date), ...never });
});

test("the uses of the secret and those by pipelines have each their last one, and the token the latest", async () => {
  const { token, credentials, lastUsedAt } = await createScene();
  const secret = await pipelineSecret(token, await trustPipeline(token));
  await authenticateAccessToken(secret);
  await flushUses();
  const byPipelines = await credentials();
  expect(byPipelines).toEqual({
    trustedPipelines: 1,
    secretLastUsedAt: null,
    pipelinesLastUsedAt: await lastUsedAt(),
  });
  await authenticateAccessToken(token.secret);
  await flushUses();
  const both = await credentials();
  expect(both.secretLastUsedAt).toEqual(await lastUsedAt());
  // An earlier use is written again with each write, and may differ by what the statement took.
  expect(minutesBetween(byPipelines.pipelinesLastUsedAt, both.pipelinesLastUsedAt)).toBe(0);
  expect((await lastUsedAt())?.getTime()).toBeGreaterThanOrEqual(byPipelines.pipelinesLastUsedAt?.getTime() ?? 0);
});

test("the secret's last use before the first one by a pipeline stays", async () => {
  const { token, credentials } = await createScene();
  await db
    .update(accessTokens)
    .set({ lastUsedAt: sql`now() - interval '40 days'` })
    .where(eq(accessTokens.id, token.id));
  const { recordUse, flushUses } = startInstance();
  recordUse(token.id, "pipeline");
  await flushUses();
  expect(between(await credentials())).toBe(40 * 24 * 60);
  recordUse(token.id, "pipeline");
  await flushUses();
  expect(between(await credentials())).toBe(40 * 24 * 60);
});

test("uses of both kinds are written together, and an earlier one of another instance changes nothing", async () => {
  const { token, credentials } = await createScene();
  const [one, other] = [startInstance(), startInstance()];
  other.recordUse(token.id);
  other.recordUse(token.id, "pipeline");
  for (const { pass } of [one, other]) pass(10 * minute);
  one.recordUse(token.id);
  one.pass(3 * minute);
  one.recordUse(token.id, "pipeline");
  other.pass(3 * minute);
  await one.flushUses();
  const written = await credentials();
  expect(between(written)).toBe(3);
  await other.flushUses();
  expect(await credentials()).toEqual(written);
});

test("a use changes no revision", async () => {
  const { admin, token } = await createScene();
  const { recordUse, flushUses } = startInstance();
  recordUse(token.id);
  recordUse(token.id, "pipeline");
  await flushUses();
  expect((await getAccessToken(admin, token.id)).revision).toBe(token.revision);
});

test("a secret that a rotation made was not used because the one before it was, or pipelines were", async () => {
  const { admin, token, rotate, credentials } = await createScene();
  const trust = await trustPipeline(token);
  await authenticateAccessToken(token.secret);
  await authenticateAccessToken(await pipelineSecret(token, trust));
  await flushUses();
  await rotate({ oldSecret: "now" });
  expect(await credentials()).toMatchObject({ secretLastUsedAt: null, pipelinesLastUsedAt: expect.any(Date) });

  await deleteSecret(admin, token.id);
  expect(await credentials()).toMatchObject({ secretLastUsedAt: null, pipelinesLastUsedAt: expect.any(Date) });
  const { secret } = await rotate();
  // The deleted secret's uses that an instance writes only now.
  const late = startInstance();
  late.recordUse(token.id);
  await late.flushUses();
  expect((await credentials()).secretLastUsedAt).toBeNull();
  await authenticateAccessToken(secret);
  await flushUses();
  expect((await credentials()).secretLastUsedAt).toBeInstanceOf(Date);
});

test("while two secrets are good, the last use of any of them counts, and then that of the new one", async () => {
  const { admin, token, rotate, credentials, lastUsedAt } = await createScene();
  const trust = await trustPipeline(token);
  const { secret } = await rotate();
  await authenticateAccessToken(token.secret);
  await flushUses();
  await authenticateAccessToken(await pipelineSecret(token, trust));
  await flushUses();
  expect(await credentials()).toMatchObject({
    secretLastUsedAt: expect.any(Date),
    pipelinesLastUsedAt: await lastUsedAt(),
  });
  await completeRotation(admin, token.id);
  expect((await credentials()).secretLastUsedAt).toBeNull();
  await authenticateAccessToken(secret);
  await flushUses();
  expect(await credentials()).toMatchObject({ secretLastUsedAt: await lastUsedAt() });
});

test("the last use of a rotation's old secret is not that by a pipeline", async () => {
  const { admin, token, rotate } = await createScene();
  const trust = await trustPipeline(token);
  await authenticateAccessToken(await pipelineSecret(token, trust));
  await flushUses();
  await rotate();
  expect((await getAccessToken(admin, token.id)).retiringSecret?.lastUsedAt).toBeNull();
});

test("uses by pipelines stay known as the last trust goes", async () => {
  const { token, credentials } = await createScene();
  await trustPipeline(token);
  const { recordUse, flushUses } = startInstance();
  recordUse(token.id, "pipeline");
  await flushUses();
  await db.delete(trustedPipelines).where(eq(trustedPipelines.accessTokenId, token.id));
  expect(await credentials()).toMatchObject({ trustedPipelines: 0, pipelinesLastUsedAt: expect.any(Date) });
});

test("what can use a token is hidden with it", async () => {
  const { group, token } = await createScene();
  expect(await refusal(getCredentials(group.user, token.id))).toMatchObject({ code: "not_found" });
});
