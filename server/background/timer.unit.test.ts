import { afterEach, beforeEach, expect, onTestFinished, test, vi } from "vitest";
import { everySecond } from "@/lib/process/every-second";
import { processWide } from "@/lib/process/process-wide";
import { logged } from "@/testing/logged";
import { startTimer, type TimedWork } from "./timer";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const seconds = (count: number) => vi.advanceTimersByTimeAsync(count * 1000);

function start(...work: TimedWork[]) {
  const stop = startTimer(work);
  onTestFinished(stop);
  return stop;
}

test("work runs at once, at its time, and what runs every second once more at the stop", async () => {
  const [each, minute] = [vi.fn(async () => {}), vi.fn(async () => {})];
  const stop = start({ name: "each", run: each }, { name: "minute", everySeconds: 60, run: minute });
  await seconds(120);
  expect([each.mock.calls.length, minute.mock.calls.length]).toEqual([121, 3]);
  await stop();
  await seconds(120);
  expect([each.mock.calls.length, minute.mock.calls.length]).toEqual([122, 3]);
});

test("work that lib registers runs every second while the timer runs, and not otherwise", async () => {
  const run = vi.fn(async () => {});
  everySecond("registered", run);
  const before = [...processWide.everySecond].at(-1);
  onTestFinished(() => void (before && processWide.everySecond.delete(before)));
  await seconds(10);
  expect(run).not.toHaveBeenCalled();
  const stop = start();
  await seconds(1);
  expect(run).toHaveBeenCalledTimes(2);
  await stop();
  expect(run).toHaveBeenCalledTimes(3);
});

test("work may do something else at the stop", async () => {
  const [run, atStop] = [vi.fn(async () => {}), vi.fn(async () => {})];
  const stop = start({ name: "work", run, atStop });
  await seconds(1);
  await stop();
  expect([run.mock.calls.length, atStop.mock.calls.length]).toEqual([2, 1]);
});

test("work that hangs is not started again and delays no other, and the stop waits for it", async () => {
  const end = Promise.withResolvers<void>();
  const [slow, other] = [vi.fn(() => end.promise), vi.fn(async () => {})];
  const stop = start({ name: "slow", run: slow }, { name: "other", run: other });
  await seconds(5);
  expect([slow.mock.calls.length, other.mock.calls.length]).toEqual([1, 6]);
  const stopped = vi.fn();
  const stopping = stop().then(stopped);
  await seconds(5);
  expect(stopped).not.toHaveBeenCalled();
  end.resolve();
  await stopping;
  expect([slow.mock.calls.length, other.mock.calls.length]).toEqual([2, 7]);
});

test("work that fails is logged once a minute, and again after it has succeeded", async () => {
  const lines = logged();
  let isFailing = true;
  start({
    name: "work",
    run: async () => {
      if (isFailing) throw new Error("away");
    },
  });
  await seconds(59);
  expect(lines).toMatchObject([{ level: "warn", msg: "work failed" }]);
  await seconds(1);
  expect(lines).toHaveLength(2);
  isFailing = false;
  await seconds(1);
  isFailing = true;
  await seconds(1);
  expect(lines).toHaveLength(3);
});
