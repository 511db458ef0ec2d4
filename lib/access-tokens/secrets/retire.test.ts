import { expect, test } from "vitest";
import { inDays } from "@/testing/access-tokens";
import { eventsOn } from "@/testing/audit";
import { from, newAddress, recorded, refusalsIn } from "@/testing/refusals";
import { createRotationScene, isGood, letEnd, storedSecret } from "@/testing/rotation/rotations";
import { createTenant } from "@/testing/tenant";
import { authenticateAccessToken } from "../authenticate";
import { revokeAccessToken } from "../change";
import { cancelRotation } from "../rotation/end";
import { generateSecret } from "../secret";
import { forgetRetiredSecrets, retireEndedSecrets } from "./retire";

async function retireAll(): Promise<void> {
  while (await retireEndedSecrets());
}

test.each([
  ["use", {}],
  ["date", { oldSecret: inDays(2) }],
])("an end by %s is recorded once, by the background", async (endedBy, input) => {
  const { token, rotate, actions } = await createRotationScene();
  await rotate(input);
  await retireAll();
  expect(await actions()).toEqual(["created", "rotated"]);
  await letEnd(token.secret);
  for (let time = 0; time < 2; time++) await retireAll();
  expect(await actions()).toEqual(["created", "rotated", "secret_retired"]);
  expect((await eventsOn(token.id)).at(-1)).toMatchObject({
    actorId: "system",
    detail: { token_suffix: token.tokenSuffix, ended_by: endedBy, ended_at: expect.any(String) },
  });
});

test("two instances record an end once", async () => {
  const { token, rotate, actions } = await createRotationScene();
  await rotate();
  await letEnd(token.secret);
  await Promise.all([retireAll(), retireAll(), retireAll()]);
  expect(await actions()).toEqual(["created", "rotated", "secret_retired"]);
});

test("the next rotation records an end that the background has not recorded", async () => {
  const { token, rotate, actions } = await createRotationScene();
  await rotate();
  await letEnd(token.secret);
  await rotate();
  await retireAll();
  expect(await actions()).toEqual(["created", "rotated", "secret_retired", "rotated"]);
});

test("more ends than one call records are recorded by the next", async () => {
  const scenes = [await createRotationScene(), await createRotationScene()];
  await retireAll();
  for (const { token, rotate } of scenes) {
    await rotate();
    await letEnd(token.secret);
  }
  expect([await retireEndedSecrets(1), await retireEndedSecrets(1), await retireEndedSecrets(1)]).toEqual([
    true,
    true,
    false,
  ]);
});

test("a retired secret is remembered for 90 days", async () => {
  const { token, rotate } = await createRotationScene();
  const { secret } = await rotate();
  await letEnd(token.secret, "89 days");
  await retireAll();
  while (await forgetRetiredSecrets());
  expect(await storedSecret(token.secret)).toBeDefined();
  await letEnd(token.secret, "91 days");
  while (await forgetRetiredSecrets(1));
  expect(await storedSecret(token.secret)).toBeUndefined();
  expect(await isGood(secret)).toBe(true);
});

test("the use of a retired secret is recorded with its network, once in a while", async () => {
  const { group, token, rotate } = await createRotationScene();
  await rotate({ oldSecret: "now" });
  const address = newAddress();
  for (let time = 0; time < 3; time++) {
    expect(await from(() => authenticateAccessToken(token.secret), address)).toBeUndefined();
  }
  const [event] = await recorded(group.id, "access_token.retired_secret_used", 1);
  expect(event).toMatchObject({
    actorId: token.actor.userId,
    accessTokenId: token.id,
    subjectId: token.id,
    detail: { token_suffix: token.tokenSuffix, ended_at: expect.any(String) },
    address,
  });
  await from(() => authenticateAccessToken(token.secret));
  await recorded(group.id, "access_token.retired_secret_used", 2);
  expect(await refusalsIn(group.id, "access_token.refused")).toEqual([]);
});

test("a discarded secret counts as retired, and so does one whose end is not recorded yet", async () => {
  const { admin, group, token, rotate } = await createRotationScene();
  const { secret } = await rotate();
  await cancelRotation(admin, token.id);
  await from(() => authenticateAccessToken(secret));
  await recorded(group.id, "access_token.retired_secret_used", 1);
  await rotate();
  await letEnd(token.secret);
  await from(() => authenticateAccessToken(token.secret));
  await recorded(group.id, "access_token.retired_secret_used", 2);
});

test("the current secret of a revoked token is recorded as that of a revoked token", async () => {
  const { admin, group, token, rotate } = await createRotationScene();
  const { secret } = await rotate({ oldSecret: "now" });
  await revokeAccessToken(admin, token.id);
  await from(() => authenticateAccessToken(secret));
  await recorded(group.id, "access_token.refused", 1);
  await from(() => authenticateAccessToken(token.secret));
  await recorded(group.id, "access_token.retired_secret_used", 1);
});

test("an unknown secret is recorded nowhere", async () => {
  const { group } = await createTenant();
  expect(await from(() => authenticateAccessToken(generateSecret("group")))).toBeUndefined();
  expect(await refusalsIn(group.id, "access_token.retired_secret_used")).toEqual([]);
});
