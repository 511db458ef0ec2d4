import { EventEmitter } from "node:events";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { InFlight, type Place } from "./in-flight";

let requests: InFlight;
/** What became of each request that was sent, in the order in which it was decided. */
let decided: string[];

beforeEach(() => {
  vi.useFakeTimers();
  requests = new InFlight({ atOnce: 2, waiting: 3, maxWait: 1000 });
  decided = [];
});
afterEach(() => vi.useRealTimers());

/** Sends a request; `hangUp` is its client's. */
function send(name: string, caller: string): Place & { hangUp: () => void } {
  const answer = new EventEmitter();
  const place = requests.place(answer);
  void Promise.resolve(place.enter(caller)).then((isIn) => decided.push(`${name} ${isIn ? "in" : "refused"}`));
  return Object.assign(place, { hangUp: () => answer.emit("close") });
}

const settle = () => vi.advanceTimersByTimeAsync(0);

test("requests beyond the bound wait, and come in one by one in the order in which they came", async () => {
  const [first, second] = [send("1", "ann"), send("2", "ann")];
  send("3", "ann");
  send("4", "ann");
  await settle();
  expect(decided).toEqual(["1 in", "2 in"]);
  second.leave();
  await settle();
  expect(decided.slice(2)).toEqual(["3 in"]);
  first.leave();
  await settle();
  expect(decided.slice(3)).toEqual(["4 in"]);
});

test("another caller's requests come in meanwhile", async () => {
  for (const name of ["1", "2", "3"]) send(name, "ann");
  send("other", "bob");
  await settle();
  expect(decided).toEqual(["1 in", "2 in", "other in"]);
});

test("who waits longer than a second is refused, and leaves the line", async () => {
  const first = send("1", "ann");
  send("2", "ann");
  send("3", "ann");
  await vi.advanceTimersByTimeAsync(999);
  send("4", "ann");
  expect(decided).toHaveLength(2);
  await vi.advanceTimersByTimeAsync(1);
  expect(decided.slice(2)).toEqual(["3 refused"]);
  first.leave();
  await settle();
  expect(decided.slice(3)).toEqual(["4 in"]);
});

test("where as many wait as may, the next is refused at once", async () => {
  for (const name of ["1", "2", "3", "4", "5", "6"]) send(name, "ann");
  await settle();
  expect(decided).toEqual(["1 in", "2 in", "6 refused"]);
});

test("whose client hangs up leaves the line, and takes no place", async () => {
  const first = send("1", "ann");
  send("2", "ann");
  const gone = send("3", "ann");
  send("4", "ann");
  gone.hangUp();
  await settle();
  first.leave();
  await settle();
  expect(decided).toEqual(["1 in", "2 in", "3 refused", "4 in"]);
});

test("a request goes over to another caller, and waits there for no more than what is left of its second", async () => {
  const known = send("1", "ann");
  send("2", "ann");
  const [third, fourth] = [send("3", "network"), send("4", "network")];
  send("5", "network");
  await vi.advanceTimersByTimeAsync(600);
  const moved = third.enter("ann");
  await settle();
  // It has left its place at the network.
  expect(decided).toEqual(["1 in", "2 in", "3 in", "4 in", "5 in"]);
  known.leave();
  expect(await moved).toBe(true);

  fourth.leave();
  const late = send("late", "network");
  await settle();
  const refused = late.enter("ann");
  await vi.advanceTimersByTimeAsync(1000);
  expect(await refused).toBe(false);
});

test("entering as the same caller keeps the place", async () => {
  const [first] = [send("1", "ann"), send("2", "ann"), send("3", "ann")];
  expect(await first?.enter("ann")).toBe(true);
  await settle();
  expect(decided).toEqual(["1 in", "2 in"]);
});

test("callers without requests are forgotten, also where all of theirs were refused or hung up", async () => {
  const places = ["1", "2", "3", "4", "5", "6"].map((name) => send(name, "ann"));
  expect(requests.callers).toBe(1);
  places[3]?.hangUp();
  await vi.advanceTimersByTimeAsync(1000);
  for (const place of [...places, ...places]) place.leave();
  expect(requests.callers).toBe(0);
});
