import { beforeAll, expect, test, vi } from "vitest";
import { type AwayStandby, startAwayStandby } from "@/testing/database/away-standby";

vi.setConfig({ testTimeout: 120_000, hookTimeout: 60_000 });

const poolSize = 20;
const writers = 16;

let standby: AwayStandby;
beforeAll(async () => {
  standby = await startAwayStandby();
  return standby.close;
});

test("writes that wait for a silent standby leave authentication and readiness alone, and keep to the pool's size", async () => {
  // Imported here, since these modules read the environment.
  const { serveApi } = await import("@/testing/api/server");
  const { ask, askAs } = await import("@/testing/api/ask");
  const { createTenant } = await import("@/testing/tenant");
  const { createToken } = await import("@/testing/access-tokens");
  const { createRotationScene } = await import("@/testing/rotation/rotations");
  const base = await serveApi();
  const { group } = await createTenant();
  const secrets = await Promise.all(
    Array.from({ length: writers }, async () => (await createToken(group.admin, group.scope)).secret),
  );
  const { rotate } = await createRotationScene();
  // Its first use has to be recorded.
  const { secret: rotated } = await rotate();
  // Recorded in the audit log, once in a while for a token; it waits for no lock.
  const write = (secret: string) => askAs(base, secret, "GET", "/api/v2.0/session-context");

  const seen = { connections: 0, waiting: 0, watchers: 0 };
  const look = async () => {
    const { all, waiting } = await standby.connectionsOf("vehaas-access-tokens");
    seen.connections = Math.max(seen.connections, all);
    seen.waiting = Math.max(seen.waiting, waiting);
    seen.watchers = Math.max(seen.watchers, (await standby.connectionsOf("vehaas-abandoned")).all);
  };
  let isOver = false;
  const written: number[] = [];
  const others: number[] = [];

  await standby.withWaitingCommits(async () => {
    const writing = secrets.map(async (secret) => {
      while (!isOver) written.push((await write(secret)).status);
    });
    const reading = [rotated, ...secrets.slice(0, 3)].map(async (secret) => {
      while (!isOver) {
        others.push((await askAs(base, secret, "GET", "/api/v2.0/access-tokens/self")).status);
        others.push((await ask(base, "/health/ready")).status);
      }
    });
    // Until each writer has given up three times.
    while (written.length < 3 * writers) {
      await look();
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    isOver = true;
    await Promise.all([...writing, ...reading]);
  });

  expect(new Set(written)).toEqual(new Set([503]));
  expect(new Set(others)).toEqual(new Set([200]));
  expect(seen.waiting).toBeGreaterThanOrEqual(8);
  expect(seen.connections).toBeLessThanOrEqual(poolSize);
  expect(seen.watchers).toBe(1);

  // The places are free again once the standby is given up.
  const answers = await Promise.all(secrets.map(write));
  expect(answers.map(({ status }) => status)).toEqual(secrets.map(() => 200));
  await expect.poll(() => standby.connectionsOf("vehaas-abandoned"), { timeout: 10_000 }).toMatchObject({ all: 0 });
});
