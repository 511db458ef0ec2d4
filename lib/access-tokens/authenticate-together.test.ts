import { eq, inArray } from "drizzle-orm";
import { expect, test } from "vitest";
import { db } from "@/db/client";
import { accessTokens, users } from "@/db/schema";
import { setVariable } from "@/lib/environment-variables/change";
import { readSessionContext } from "@/lib/session-context/context";
import { exchangeIdToken } from "@/lib/trusted-pipelines/exchange/exchange";
import { createToken } from "@/testing/access-tokens";
import { createPastedScene } from "@/testing/pipelines/pipeline-scene";
import { from, newAddress } from "@/testing/refusals";
import { createRotationScene, letEnd, secondsLeft } from "@/testing/rotation/rotations";
import { createTenant } from "@/testing/tenant";
import { selectAccessTokens } from "./access-token";
import { authenticateAccessToken } from "./authenticate";
import { deleteAccessToken, revokeAccessToken } from "./change";
import { editAccessToken } from "./edit";
import { generateSecret } from "./secret";
import { flushUses } from "./uses/record";

const checkAll = (secrets: string[]) => Promise.all(secrets.map((secret) => authenticateAccessToken(secret)));

test("secrets of every kind and tenant, checked together, each yield their own token", async () => {
  const [pipeline, rotation, tenant] = await Promise.all([createPastedScene(), createRotationScene(), createTenant()]);
  const idToken = await pipeline.idToken();
  const job = await from(() => exchangeIdToken({ clientId: pipeline.token.id, subjectToken: idToken }), newAddress());
  const { secret: rotated = "" } = await rotation.rotate();
  const { admin, scope } = tenant.group;
  const [revoked, deleted] = [await createToken(admin, scope), await createToken(admin, scope)];
  await revokeAccessToken(admin, revoked.id);
  await deleteAccessToken(admin, deleted.id);
  const ofOrganization = await createToken(tenant.organizationAdmin, tenant.organization.scope, { admin: true });

  const good = [pipeline.token.secret, job?.secret ?? "", rotation.token.secret, rotated, ofOrganization.secret];
  const bad = [revoked.secret, deleted.secret, generateSecret("group"), "vhg_malformed"];
  const found = await checkAll([...good, ...bad, ...good]);

  const own = (secret: string) => ({ kind: "secret", tokenSuffix: secret.slice(-4) });
  const expected = [
    [pipeline.token.id, own(pipeline.token.secret)],
    [pipeline.token.id, expect.objectContaining({ kind: "pipeline", trustedPipelineId: pipeline.trusted.id })],
    [rotation.token.id, own(rotation.token.secret)],
    [rotation.token.id, own(rotated)],
    [ofOrganization.id, own(ofOrganization.secret)],
  ];
  expect(found.map((one) => one && [one.token.id, one.authenticatedBy])).toEqual([
    ...expected,
    ...bad.map(() => undefined),
    ...expected,
  ]);
  // The first use began the old secret's last hour, once.
  expect((await rotation.actions()).filter((action) => action === "secret_first_used")).toHaveLength(1);
  expect(await secondsLeft(rotation.token.secret)).toBeLessThanOrEqual(3600);

  await letEnd(rotation.token.secret);
  await letEnd(job?.secret ?? "");
  const after = await checkAll(good);
  expect(after.map((one) => one?.token.id)).toEqual([
    pipeline.token.id,
    undefined,
    undefined,
    rotation.token.id,
    ofOrganization.id,
  ]);
});

test("a check reads a token as the queries do, whatever texts people have chosen", async () => {
  const { token, rotate } = await createRotationScene();
  const text = `a,b,-infinity,"group_admin",null,,\\ 'ö'`;
  await db
    .update(users)
    .set({ name: text })
    .where(inArray(users.id, [token.createdBy.id, token.technicalUser.id]));
  await db
    .update(accessTokens)
    .set({ name: text, description: `${text}\n${text}` })
    .where(eq(accessTokens.id, token.id));
  const { secret = "" } = await rotate();
  for (const one of [secret, token.secret]) expect(await authenticateAccessToken(one)).toBeDefined();
  await flushUses();

  const [stored] = await selectAccessTokens(db).where(eq(accessTokens.id, token.id));
  expect(stored).toMatchObject({ name: text, retiringSecret: { lastUsedAt: expect.any(Date) } });
  for (const one of [secret, token.secret]) expect((await authenticateAccessToken(one))?.token).toEqual(stored);
});

test("what was read from a row is used again while the row is the same, and never after a change", async () => {
  const { admin, scope } = (await createTenant()).group;
  const token = await createToken(admin, scope);
  const [first, second] = [await authenticateAccessToken(token.secret), await authenticateAccessToken(token.secret)];
  expect(second).toBe(first);

  await editAccessToken(admin, token.id, { description: "used again" });
  const changed = await authenticateAccessToken(token.secret);
  expect(changed?.token).toEqual({ ...first?.token, description: "used again", revision: expect.any(String) });
  expect(first?.token.description).toBe("");
  expect(() => Object.assign(changed?.token ?? {}, { role: "group_admin" })).toThrow(TypeError);
  expect(() => Object.assign(changed?.token.technicalUser ?? {}, { username: "other" })).toThrow(TypeError);
  expect(changed?.actor.secretHash?.buffer.byteLength).toBe(32);

  await revokeAccessToken(admin, token.id);
  expect(await authenticateAccessToken(token.secret)).toBeUndefined();
});

test("sessions' values that are read together are each their own token's", async () => {
  const tenants = await Promise.all([createTenant(), createTenant()]);
  const tokens = await Promise.all(
    tenants.flatMap(({ group: { admin, scope } }) => Array.from({ length: 15 }, () => createToken(admin, scope))),
  );
  const [without, gone, ...others] = tokens;
  if (!without || !gone) return expect.fail();
  const adminOf = (token: { groupId: string | null }) =>
    tenants.find(({ group }) => group.id === token.groupId)?.group.admin ?? expect.fail();
  for (const token of others) await setVariable(adminOf(token), token.id, { name: "NAME", value: token.id });
  await deleteAccessToken(adminOf(gone), gone.id);

  const asked = [...tokens, ...tokens];
  const read = await Promise.allSettled(asked.map((token) => readSessionContext(token.actor, token)));
  const expected = (token: (typeof tokens)[number]) => {
    if (token === gone) return expect.objectContaining({ code: "unauthenticated" });
    return token === without ? {} : { NAME: token.id };
  };
  expect(read.map((one) => (one.status === "fulfilled" ? one.value : one.reason))).toEqual(asked.map(expected));
});
