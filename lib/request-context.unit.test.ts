import { expect, test } from "vitest";
import { keptUserAgent } from "./request-context";

test("a short user agent is kept as it is, and of a long one its beginning", () => {
  expect(keptUserAgent(undefined)).toBeUndefined();
  expect(keptUserAgent("curl/8.5.0")).toBe("curl/8.5.0");
  expect(keptUserAgent(`curl/8.5.0 ${"x".repeat(16_000)}`)).toBe(`curl/8.5.0 ${"x".repeat(489)}`);
});
