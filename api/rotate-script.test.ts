import { mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { reactivateAccessToken, revokeAccessToken } from "@/lib/access-tokens/change";
import { cancelRotation } from "@/lib/access-tokens/rotation/end";
import { isInstalled, shells } from "@/scripts/shells.mjs";
import { type Loss, startLossyProxy } from "@/testing/api/lossy-proxy";
import { serveApi } from "@/testing/api/server";
import { createRotationScene, goodSecrets, isGood, letEnd, letKeysEnd } from "@/testing/rotation/rotations";
import { execute } from "@/testing/session-env/session-env";

const guide = await readFile(new URL("../docs/api.md", import.meta.url), "utf8");
const script = /^```shell\n(.*?)^```$/ms.exec(guide)?.[1] ?? "";

let base: string;
beforeAll(async () => {
  base = await serveApi();
});

async function prepare(secret: string) {
  const folder = await mkdtemp(join(tmpdir(), "vehaas-rotation-"));
  onTestFinished(() => rm(folder, { recursive: true }));
  const file = join(folder, "secret");
  await writeFile(file, `${secret}\n`, { mode: 0o600 });
  const read = async (name = "secret") => (await readFile(join(folder, name), "utf8")).trim();
  const run = (shell: string[], url: string) =>
    execute([...shell, "-c", script, "rotate-token.sh", file], { cwd: folder, env: { VEHAAS: url } });
  return { folder, file, read, run };
}

const usual = ["sh"];
const testCurl = test.skipIf(!isInstalled("sh") || !isInstalled("curl"));

describe.each(Object.entries(shells))("in %s", (_name, shell) => {
  test.skipIf(!isInstalled(shell[0] ?? "") || !isInstalled("curl"))("the script rotates the token", async () => {
    const { token, actions } = await createRotationScene();
    const { folder, file, read, run } = await prepare(token.secret);
    const { code, stdout, stderr } = await run(shell, `${base}/api/v2.0`);
    expect([code, stdout.toString(), stderr]).toEqual([0, "", ""]);
    const secret = await read();
    expect(secret).not.toBe(token.secret);
    expect([await isGood(secret), await isGood(token.secret)]).toEqual([true, true]);
    expect(await readdir(folder)).toEqual(["secret"]);
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    expect(await actions()).toEqual(["created", "rotated", "secret_first_used"]);
  });
});

describe.each<[Loss, number, string]>([
  ["request", 1, "rotate"],
  ["answer", 1, "rotate"],
  ["request", 2, "try the new secret"],
  ["answer", 2, "try the new secret"],
])("if the %s of request %i, to %s, is lost", (loss, at) => {
  testCurl("the file has a good secret, and the next run finishes", async () => {
    const { token } = await createRotationScene();
    const { folder, read, run } = await prepare(token.secret);
    const lossy = await startLossyProxy(base, at, loss);
    const { code, stdout, stderr } = await run(usual, lossy);
    expect(code).not.toBe(0);
    expect(stdout.toString() + stderr).not.toContain("vhg_");
    expect(await isGood(await read())).toBe(true);

    const again = await run(usual, lossy);
    expect([again.code, again.stderr]).toEqual([0, ""]);
    const secret = await read();
    expect(secret).not.toBe(token.secret);
    expect(await isGood(secret)).toBe(true);
    expect(await readdir(folder)).toEqual(["secret"]);
    // Besides the old one: what was lost is good for nobody.
    expect(await goodSecrets(token.id)).toBe(2);
  });
});

testCurl(
  "if the answer to the first use is lost, the file has a good secret after the old one's last hour too",
  async () => {
    const { token } = await createRotationScene();
    const { read, run } = await prepare(token.secret);
    await run(usual, await startLossyProxy(base, 2, "answer"));
    await letEnd(token.secret);
    expect(await isGood(await read())).toBe(true);
  },
);

testCurl("while the token is revoked, no secret is given up", async () => {
  const { admin, token } = await createRotationScene();
  const { read, run } = await prepare(token.secret);
  await run(usual, await startLossyProxy(base, 2, "answer"));
  await revokeAccessToken(admin, token.id);
  expect((await run(usual, `${base}/api/v2.0`)).code).toBe(1);
  await reactivateAccessToken(admin, token.id);
  await letEnd(token.secret);
  expect(await isGood(await read())).toBe(true);
  expect((await run(usual, `${base}/api/v2.0`)).code).toBe(0);
});

testCurl("if the answer was lost for longer than the key is good, the next run begins anew", async () => {
  const { token, actions } = await createRotationScene();
  const { read, run } = await prepare(token.secret);
  await run(usual, await startLossyProxy(base, 1, "answer"));
  await letKeysEnd(token.id);
  const { code, stderr } = await run(usual, `${base}/api/v2.0`);
  expect([code, stderr]).toEqual([0, ""]);
  expect(await isGood(await read())).toBe(true);
  expect(await actions()).toEqual(["created", "rotated", "rotation_cancelled", "rotated", "secret_first_used"]);
});

testCurl("a rotation that a person has begun is left alone", async () => {
  const { token, rotate } = await createRotationScene();
  const { secret } = await rotate();
  const { read, run } = await prepare(token.secret);
  const { code, stderr } = await run(usual, `${base}/api/v2.0`);
  expect(code).toBe(1);
  expect(stderr).toContain("rotation_pending");
  expect(await read()).toBe(token.secret);
  expect(await isGood(secret)).toBe(true);
});

testCurl("a new secret that was discarded is not taken, and the run after that begins anew", async () => {
  const { admin, token } = await createRotationScene();
  const { read, run } = await prepare(token.secret);
  const lossy = await startLossyProxy(base, 2, "request");
  await run(usual, lossy);
  await cancelRotation(admin, token.id);
  const refused = await run(usual, lossy);
  expect(refused.code).toBe(1);
  expect(refused.stderr).toContain("The new secret was discarded");
  expect(await read()).toBe(token.secret);
  expect((await run(usual, lossy)).code).toBe(0);
  expect(await isGood(await read())).toBe(true);
});
