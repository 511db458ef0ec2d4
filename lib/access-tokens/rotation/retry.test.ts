import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { expect, onTestFinished, test } from "vitest";
import { createToken, inDays, tokenInput } from "@/testing/access-tokens";
import { eventsOn } from "@/testing/audit";
import { everyRow } from "@/testing/database/database-owner";
import { outcomes, refusal } from "@/testing/refusal";
import { createRotationScene, isGood, letKeysEnd, storedSecret } from "@/testing/rotation/rotations";
import { authenticateAccessToken } from "../authenticate";
import { revokeAccessToken } from "../change";
import { createAccessToken } from "../create";
import { getAccessToken } from "../queries";
import { cancelRotation, completeRotation } from "./end";
import { rotateAccessToken } from "./rotate";

test("the same request again replaces the new secret that nobody has used", async () => {
  const { admin, token, rotate } = await createRotationScene();
  const lost = await rotate({}, "key");
  const again = await rotate({}, "key");
  const secrets = [token.secret, lost.secret, again.secret];
  expect(new Set(secrets).size).toBe(3);
  expect(await Promise.all(secrets.map(isGood))).toEqual([true, false, true]);
  expect(again.token.retiringSecret).toEqual(lost.token.retiringSecret);
  expect(again.token.revision).not.toBe(lost.token.revision);
  expect((await getAccessToken(admin, token.id)).tokenSuffix).toBe(again.secret.slice(-4));
  expect(await storedSecret(lost.secret)).toMatchObject({ endsBy: "hand", isRetired: true });
});

test("a repetition is recorded with the secret that it discards", async () => {
  const { token, rotate } = await createRotationScene();
  const lost = await rotate({}, "key");
  const again = await rotate({}, "key");
  expect((await eventsOn(token.id)).at(-1)).toMatchObject({
    action: "access_token.rotated",
    detail: {
      token_suffix: again.secret.slice(-4),
      discarded_token_suffix: lost.secret.slice(-4),
      old_token_suffix: token.tokenSuffix,
    },
  });
});

test("a lost answer can be lost many times", async () => {
  const { token, rotate } = await createRotationScene();
  let last = "";
  for (let time = 0; time < 5; time++) last = (await rotate({}, "key")).secret;
  expect(await isGood(last)).toBe(true);
  expect(await isGood(token.secret)).toBe(true);
});

test("the new secret of a repetition begins the old one's last hour", async () => {
  const { token, rotate } = await createRotationScene();
  await rotate({}, "key");
  const { secret } = await rotate({}, "key");
  const left = (await authenticateAccessToken(secret))?.token.retiringSecret?.endsAt.getTime() ?? 0;
  expect(left).toBeLessThan(token.createdAt.getTime() + 2 * 3_600_000);
});

test("after the new secret was used, the same request is a conflict", async () => {
  const { rotate } = await createRotationScene();
  const { secret } = await rotate({}, "key");
  await authenticateAccessToken(secret);
  const before = await everyRow();
  expect(await refusal(rotate({}, "key"))).toEqual({
    code: "conflict",
    message: "This rotation is done: its new secret has been used, and can't be shown again.",
    errors: [],
  });
  expect(await everyRow()).toEqual(before);
});

test("a rotation that ends the old secret now can be repeated", async () => {
  const { token, rotate } = await createRotationScene();
  const lost = await rotate({ oldSecret: "now" }, "key");
  const again = await rotate({ oldSecret: "now" }, "key");
  expect(await Promise.all([token.secret, lost.secret, again.secret].map(isGood))).toEqual([false, false, true]);
});

test("a rotation with another expiration moves it once", async () => {
  const { token, rotate } = await createRotationScene();
  const expiresAt = inDays(200);
  await rotate({ expiresAt }, "key");
  const again = await rotate({ expiresAt }, "key");
  expect(again.token.expiresAt.getTime()).toBe(expiresAt.instant.epochMilliseconds);
  expect(again.token.createdAt).toEqual(token.createdAt);
});

test("the same key with another request is a conflict", async () => {
  const { admin, scope, token, rotate } = await createRotationScene();
  const other = await createToken(admin, scope);
  await rotate({}, "key");
  const before = await everyRow();
  const others = [
    () => rotate({ oldSecret: "now" }, "key"),
    () => rotate({ expiresAt: inDays(50) }, "key"),
    () => rotateAccessToken(admin, other.id, { oldSecret: "on_first_use" }, "key"),
    () => createAccessToken(admin, scope, tokenInput(), "key"),
  ];
  for (const different of others) {
    expect(await refusal(different())).toEqual({
      code: "conflict",
      message: "This request has already been made with other content. Start again.",
      errors: [],
    });
  }
  expect(await everyRow()).toEqual(before);
  expect(await isGood(token.secret)).toBe(true);
});

test("without a key, or with another one, a pending rotation is not replaced", async () => {
  const { token, rotate } = await createRotationScene();
  const { secret } = await rotate({}, "key");
  expect(await refusal(rotate())).toMatchObject({ code: "rotation_pending" });
  expect(await refusal(rotate({}, "other"))).toMatchObject({ code: "rotation_pending" });
  // Another actor's key is another key.
  const bySelf = rotateAccessToken(token.actor, token.id, { oldSecret: "on_first_use" }, "key");
  expect(await refusal(bySelf)).toMatchObject({ code: "rotation_pending" });
  expect(await isGood(secret)).toBe(true);
});

test("a repetition does not touch a later rotation", async () => {
  const { admin, token, rotate } = await createRotationScene();
  await rotate({}, "first");
  await completeRotation(admin, token.id);
  const { secret } = await rotate({}, "second");
  expect(await refusal(rotate({}, "first"))).toMatchObject({ code: "conflict" });
  expect(await isGood(secret)).toBe(true);
});

test("a repetition of a cancelled rotation is a conflict", async () => {
  const { admin, token, rotate } = await createRotationScene();
  await rotate({}, "key");
  await cancelRotation(admin, token.id);
  expect(await refusal(rotate({}, "key"))).toMatchObject({ code: "conflict" });
  expect(await isGood(token.secret)).toBe(true);
});

test("a repetition is refused while the token is revoked", async () => {
  const { admin, token, rotate } = await createRotationScene();
  await rotate({}, "key");
  await revokeAccessToken(admin, token.id);
  expect(await refusal(rotate({}, "key"))).toMatchObject({ code: "conflict" });
});

test("a repetition succeeds with the revision of the first request", async () => {
  const { token, rotate } = await createRotationScene();
  await rotate({}, "key", [token.revision]);
  expect(await isGood((await rotate({}, "key", [token.revision])).secret)).toBe(true);
});

test("a key is good for a day", async () => {
  const { token, rotate } = await createRotationScene();
  await rotate({}, "key");
  await letKeysEnd(token.id);
  expect(await refusal(rotate({}, "key"))).toMatchObject({ code: "rotation_pending" });
});

test("of many requests with one key at once, all are answered and the last answer's secret is good", async () => {
  const { token, rotate } = await createRotationScene();
  const answers = await Promise.all(Array.from({ length: 10 }, () => rotate({}, "key")));
  const good = await Promise.all(answers.map(({ secret }) => isGood(secret)));
  expect(good.filter(Boolean)).toHaveLength(1);
  expect(await isGood(token.secret)).toBe(true);
});

test("of many requests with keys of their own at once, one rotates", async () => {
  const { rotate } = await createRotationScene();
  const rotations = Array.from({ length: 10 }, (_, one) => rotate({}, `key ${one}`));
  expect(await outcomes(rotations)).toEqual({ done: 1, rotation_pending: 9 });
});

test("the answer of a process that is killed after the commit is repeated by another one", async () => {
  const { token, actions } = await createRotationScene();
  const script = fileURLToPath(new URL("../../../testing/rotation/rotate-and-die.ts", import.meta.url));
  const argument = JSON.stringify({ actor: token.actor, key: "key" });
  const child = spawn(process.execPath, ["--import", "tsx", script, argument], { stdio: "ignore" });
  onTestFinished(() => void child.kill("SIGKILL"));
  expect(await once(child, "exit")).toEqual([null, "SIGKILL"]);
  expect(await actions()).toEqual(["created", "rotated"]);
  const { secret } = await rotateAccessToken(token.actor, token.id, { oldSecret: "on_first_use" }, "key");
  expect([await isGood(token.secret), await isGood(secret)]).toEqual([true, true]);
});
