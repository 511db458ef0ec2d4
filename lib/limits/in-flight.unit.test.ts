import { EventEmitter } from "node:events";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { InFlight, type Place } from "./in-flight";

let requests: InFlight;
/** The outcome of each request, in order of decision. */
let decided: string[];

beforeEach(() => {
  vi.useFakeTimers();
  requests = new InFlight({ atOnce: 2, waiting: 3, maxWait: 1000 });
  decided = [];
});
afterEach(() => vi.useRealTimers());

/** Sends a request; `hangUp` disconnects its client. */
function send(name: string, caller: string): Place & { hangUp: () => void } {
  const answer = new EventEmitter();
  const place = requests.place(answer);
  void Promise.resolve(place.enter(caller)).then((isIn) => decided.push(`${name} ${isIn ? "in" : "refused"}`));
  return Object.assign(place, { hangUp: () => answer.emit("close") });
}

const runPending = () => vi.advanceTimersByTimeAsync(0);

test("requests beyond the limit wait and are admitted in order of arrival", async () => {
  const [first, second] = [send("1", "ann"), send("2", "ann")];
  send("3", "ann");
  send("4", "ann");
  await runPending();
  expect(decided).toEqual(["1 in", "2 in"]);
  second.leave();
  await runPending();
  expect(decided.slice(2)).toEqual(["3 in"]);
  first.leave();
  await runPending();
  expect(decided.slice(3)).toEqual(["4 in"]);
});

test("another caller's requests are admitted meanwhile", async () => {
  for (const name of ["1", "2", "3"]) send(name, "ann");
  send("other", "bob");
  await runPending();
  expect(decided).toEqual(["1 in", "2 in", "other in"]);
});

test("a request that waits longer than a second is refused and leaves the queue", async () => {
  const first = send("1", "ann");
  send("2", "ann");
  send("3", "ann");
  await vi.advanceTimersByTimeAsync(999);
  send("4", "ann");
  expect(decided).toHaveLength(2);
  await vi.advanceTimersByTimeAsync(1);
  expect(decided.slice(2)).toEqual(["3 refused"]);
  first.leave();
  await runPending();
  expect(decided.slice(3)).toEqual(["4 in"]);
});

test("a request is refused at once if the queue is full", async () => {
  for (const name of ["1", "2", "3", "4", "5", "6"]) send(name, "ann");
  await runPending();
  expect(decided).toEqual(["1 in", "2 in", "6 refused"]);
});

test("a request whose client disconnects leaves the queue and takes no place", async () => {
  const first = send("1", "ann");
  send("2", "ann");
  const gone = send("3", "ann");
  send("4", "ann");
  gone.hangUp();
  await runPending();
  first.leave();
  await runPending();
  expect(decided).toEqual(["1 in", "2 in", "3 refused", "4 in"]);
});

test("a request that moves to another caller waits for no more than the rest of its second", async () => {
  const known = send("1", "ann");
  send("2", "ann");
  const [third, fourth] = [send("3", "network"), send("4", "network")];
  send("5", "network");
  await vi.advanceTimersByTimeAsync(600);
  const moved = third.enter("ann");
  await runPending();
  // It has left its place at the network.
  expect(decided).toEqual(["1 in", "2 in", "3 in", "4 in", "5 in"]);
  known.leave();
  expect(await moved).toBe(true);

  fourth.leave();
  const late = send("late", "network");
  await runPending();
  const refused = late.enter("ann");
  await vi.advanceTimersByTimeAsync(1000);
  expect(await refused).toBe(false);
});

test("entering as the same caller keeps the place", async () => {
  const [first] = [send("1", "ann"), send("2", "ann"), send("3", "ann")];
  expect(await first?.enter("ann")).toBe(true);
  await runPending();
  expect(decided).toEqual(["1 in", "2 in"]);
});

test("callers without requests are removed, also after refusals and disconnects", async () => {
  const places = ["1", "2", "3", "4", "5", "6"].map((name) => send(name, "ann"));
  expect(requests.callers).toBe(1);
  places[3]?.hangUp();
  await vi.advanceTimersByTimeAsync(1000);
  for (const place of [...places, ...places]) place.leave();
  expect(requests.callers).toBe(0);
});
