import { expect, test } from "vitest";
import { newId } from "@/db/ids";
import { deviceOf, isDeviceCookie, newDeviceCookie, withDevice } from "./device-cookie";

const newAccount = () => ({ userId: newId("usr"), passwordHash: "a hash" });

test("a browser knows the latest five people who signed in with it", () => {
  const people = Array.from({ length: 6 }, newAccount);
  let cookie: string | undefined;
  for (const account of people) cookie = withDevice(cookie, newDeviceCookie(account));
  const known = people.map((account) => deviceOf(cookie ?? "", account) !== undefined);
  expect(known).toEqual([false, true, true, true, true, true]);
});

test("a second sign-in of the same person replaces the first device", () => {
  const [mine, theirs] = [newAccount(), newAccount()];
  const both = withDevice(newDeviceCookie(theirs), newDeviceCookie(mine));
  const again = newDeviceCookie(mine);
  const cookie = withDevice(both, again);
  expect(cookie.length).toBe(both.length);
  expect(deviceOf(cookie, mine)).toBe(deviceOf(again, mine));
  expect(deviceOf(cookie, theirs)).toBe(deviceOf(both, theirs));
  expect(deviceOf(cookie, { ...mine, passwordHash: "another" })).toBeUndefined();
});

test("malformed devices in a cookie are ignored", () => {
  const account = newAccount();
  const device = newDeviceCookie(account);
  for (const cookie of ["", "~~", "x".repeat(16_000), "~".repeat(16_000), `${device}x`]) {
    expect(isDeviceCookie(cookie)).toBe(false);
    expect(withDevice(cookie, device)).toBe(device);
  }
  expect(deviceOf(`x~${device}~`, account)).toBeDefined();
});
