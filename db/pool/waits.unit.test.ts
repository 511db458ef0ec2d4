import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { Deadline, Waits } from "./waits";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

test("waits may end in any order, each once", () => {
  const waits = new Waits();
  const deadline = new Deadline(1000, undefined);
  const [first, second, third] = [1, 2, 3].map(() => waits.begin(deadline, () => {}));
  if (!first || !second || !third) throw new Error("there are three");
  expect([waits.finish(second), waits.finish(second)]).toEqual([true, false]);
  expect([first, second, third].map((wait) => waits.isOpen(wait))).toEqual([true, false, true]);
  expect([waits.finish(third), waits.finish(first)]).toEqual([true, true]);
  expect(waits.count).toBe(0);
});

test("a wait whose deadline has passed is given up, and others go on", () => {
  const waits = new Waits();
  const [overdue, other] = [new Deadline(100, undefined), new Deadline(1000, undefined)];
  const givenUp: string[] = [];
  for (const name of ["first", "second"]) waits.begin(overdue, () => givenUp.push(name));
  const open = waits.begin(other, () => givenUp.push("other"));
  vi.advanceTimersByTime(101);
  waits.giveUpOverdue();
  expect(givenUp).toEqual(["first", "second"]);
  expect([waits.count, waits.isOpen(open)]).toEqual([1, true]);
});

test("what one wait gives up may end another that is overdue", () => {
  const waits = new Waits();
  const deadline = new Deadline(100, undefined);
  const givenUp: string[] = [];
  waits.begin(deadline, () => {
    givenUp.push("first");
    waits.finish(second);
  });
  const second = waits.begin(deadline, () => givenUp.push("second"));
  vi.advanceTimersByTime(101);
  waits.giveUpOverdue();
  expect(givenUp).toEqual(["first"]);
});

test("only the time with a wait counts, and waits at the same time count once", () => {
  const waits = new Waits();
  const deadline = new Deadline(100, undefined);
  const both = [waits.begin(deadline, () => {}), waits.begin(deadline, () => {})];
  vi.advanceTimersByTime(30);
  for (const wait of both) waits.finish(wait);
  vi.advanceTimersByTime(1000);
  expect(Math.round(deadline.left)).toBe(70);
});
