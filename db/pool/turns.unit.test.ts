import { expect, test } from "vitest";
import { Turns } from "./turns";

/** A queue in which these callers wait; `served` returns the order in which they start. */
function lineOf(...callers: string[]) {
  const turns = new Turns();
  const served: string[] = [];
  const wait = (caller: string) => turns.wait(caller, () => served.push(caller));
  const leave = callers.map(wait);
  const serve = (times: number) => {
    for (let time = 0; time < times; time++) turns.startNext();
    return served;
  };
  return { turns, wait, leave, serve };
}

test("callers are served in turn, whatever their number of waiting requests", () => {
  expect(lineOf("a", "a", "a", "b", "b", "c").serve(6)).toEqual(["a", "b", "c", "a", "b", "a"]);
});

test("a caller that was not waiting is next", () => {
  const { wait, serve } = lineOf("a", "a", "a", "b", "b", "b");
  serve(2);
  wait("idle");
  expect(serve(3)).toEqual(["a", "b", "idle", "a", "b"]);
});

test("callers that were not waiting are served in order of arrival", () => {
  const { wait, serve } = lineOf("a", "a");
  serve(1);
  for (const caller of ["x", "y", "z"]) wait(caller);
  expect(serve(4)).toEqual(["a", "x", "y", "z", "a"]);
});

test("callers that were not waiting never block the others for long", () => {
  const { wait, serve } = lineOf("busy", "busy", "busy");
  serve(1);
  // Two others with one request after the other, which makes them new each time.
  wait("x");
  for (let turn = 0; turn < 10; turn++) {
    wait(turn % 2 ? "x" : "y");
    serve(1);
  }
  expect(serve(0).filter((caller) => caller === "busy")).toHaveLength(3);
});

test("a request that leaves the queue is not served, and leaves nothing behind", () => {
  const { turns, leave, serve } = lineOf("a", "b", "a");
  leave[0]?.();
  leave[1]?.();
  leave[1]?.();
  expect(serve(3)).toEqual(["a"]);
  expect(turns.isEmpty).toBe(true);
});
