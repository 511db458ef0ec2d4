import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { ShortMemory } from "./short-memory";

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

test("a value is gone after its lifetime, however often it was read, and a new one lives its own", () => {
  const memory = new ShortMemory<number>(1000, 10);
  memory.set("a", 1);
  vi.advanceTimersByTime(600);
  expect(memory.get("a")).toBe(1);
  memory.set("b", 2);
  vi.advanceTimersByTime(400);
  expect([memory.get("a"), memory.get("b")]).toEqual([undefined, 2]);
  memory.set("b", 3);
  vi.advanceTimersByTime(999);
  expect(memory.get("b")).toBe(3);
  vi.advanceTimersByTime(1);
  expect(memory.get("b")).toBeUndefined();
  expect(vi.getTimerCount()).toBe(0);
});

test("beyond its capacity the oldest goes", () => {
  const memory = new ShortMemory<number>(1000, 2);
  for (const [name, value] of Object.entries({ a: 1, b: 2, c: 3 })) memory.set(name, value);
  expect([memory.get("a"), memory.get("b"), memory.get("c")]).toEqual([undefined, 2, 3]);
  memory.set("c", 4);
  expect([memory.get("b"), memory.get("c")]).toEqual([2, 4]);
  memory.clear();
  expect([memory.get("b"), vi.getTimerCount()]).toEqual([undefined, 0]);
});
