import { expect, test } from "vitest";
import { type Claim, FairShare } from "./fair-share";

/** A FairShare with this many places. `started` lists the callers of started claims in order. */
function shareOf(places: number) {
  const share = new FairShare(places);
  const started: string[] = [];
  const claim = (caller: string) => share.claim(caller, () => started.push(caller));
  const claimAll = (caller: string, times: number) => Array.from({ length: times }, () => claim(caller));
  return { share, started, claim, claimAll };
}

const countOf = (started: string[], caller: string) => started.filter((one) => one === caller).length;

test("a single caller has a fifth of the places, and gets the next one when it frees one", () => {
  const { share, started, claimAll } = shareOf(20);
  const [first] = claimAll("busy", 100);
  expect(started).toHaveLength(4);
  if (first) share.end(first);
  expect(started).toHaveLength(5);
});

test("callers with full shares leave places for another, ten times over", () => {
  const { started, claimAll } = shareOf(20);
  for (const caller of "abcdefghij") claimAll(caller, 100);
  expect([..."abcdefghij"].map((caller) => countOf(started, caller))).toEqual([4, 4, 3, 2, 2, 1, 1, 1, 1, 1]);
});

test("as many callers as places, each with one claim, all get one", () => {
  const { started, claim } = shareOf(20);
  for (let caller = 0; caller < 20; caller++) claim(`${caller}`);
  expect(started).toHaveLength(20);
});

test("a freed place goes to the caller that holds the fewest", () => {
  const { share, started, claim } = shareOf(4);
  const claims = ["a", "b", "c", "d"].map(claim);
  const again = [claim("a"), claim("b"), claim("idle"), claim("late")];
  expect(started).toHaveLength(4);
  for (const one of claims) share.end(one);
  expect(started.slice(4)).toEqual(["idle", "late", "a", "b"]);
  expect(again).toHaveLength(4);
});

test("callers that hold the same number are served in turn, whatever their number of claims", () => {
  const share = new FairShare(1);
  const started: string[] = [];
  const open: Claim[] = [];
  for (const caller of ["many", "many", "many", "few", "other"]) {
    share.claim(caller, (claim) => {
      started.push(caller);
      open.push(claim);
    });
  }
  for (const claim of open) share.end(claim);
  expect(started).toEqual(["many", "few", "other", "many", "many"]);
});

test("a claim that is ended while waiting never starts", () => {
  const { share, started, claim } = shareOf(1);
  const [held, ended, next] = [claim("a"), claim("b"), claim("c")];
  share.end(ended);
  share.end(held);
  share.end(next);
  claim("b");
  expect(started).toEqual(["a", "c", "b"]);
});

test.each([1, 2, 3])("one caller gets at least one of %i places", (places) => {
  const { started, claimAll } = shareOf(places);
  claimAll("busy", 3);
  expect(started).toEqual(["busy"]);
});
