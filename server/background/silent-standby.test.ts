import { setTimeout } from "node:timers/promises";
import { beforeAll, expect, onTestFinished, test, vi } from "vitest";
import { type AwayStandby, startAwayStandby } from "@/testing/database/away-standby";
import type { Queue } from "./job-queue";

vi.setConfig({ testTimeout: 120_000, hookTimeout: 60_000 });

const documented = 2;

let standby: AwayStandby;
beforeAll(async () => {
  standby = await startAwayStandby();
  return standby.close;
});

test("the job queue keeps to its two connections while commits wait for a silent standby, and goes on afterwards", async () => {
  // Imported here, since these modules read the environment.
  const { prepareJobQueue, startJobQueue } = await import("./job-queue");
  const { DATABASE_URL: url = "", DATABASE_ROLE: role } = process.env;
  let done = 0;
  const options = { policy: "standard", retryLimit: 20, retryDelay: 1 } as const;
  const handle = async () => {
    done += 1;
  };
  const queues: Queue[] = [{ name: "counted", options, handle }];
  await prepareJobQueue({ url, setting: "DATABASE_URL" }, role, queues);
  const { send, stop } = await startJobQueue({ connectionString: url, role }, queues);
  onTestFinished(stop);
  await send("counted", [{}]);
  await expect.poll(() => done, { timeout: 10_000 }).toBe(1);

  const sendSome = () => Promise.allSettled(Array.from({ length: 4 }, () => send("counted", [{}])));
  await standby.withWaitingCommits(async () => {
    const sent = await sendSome();
    expect(new Set(sent.map(({ status }) => status))).toEqual(new Set(["rejected"]));
    const second = sendSome();
    const seen: number[] = [];
    for (let look = 0; look < 20; look++) {
      const { all, waiting } = await standby.connectionsOf("vehaas-jobs");
      expect(waiting).toBeGreaterThan(0);
      seen.push(all);
      await setTimeout(100);
    }
    expect(Math.max(...seen)).toBeLessThanOrEqual(documented);
    await second;
  });

  await expect.poll(() => send("counted", [{}]).then(() => true), { timeout: 20_000 }).toBe(true);
  // The first one, this one, and those whose commit was confirmed late.
  await expect.poll(() => done, { timeout: 20_000 }).toBeGreaterThanOrEqual(3);
});
