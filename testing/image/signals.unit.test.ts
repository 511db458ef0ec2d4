import { expect, test } from "vitest";
import { catches } from "./signals";

test("the caught signals are read from the process's status", () => {
  const status = "Name:\tnode\nSigIgn:\tffffffffffffffff\nSigCgt:\t0000000000004001\nCapInh:\t0\n";
  expect(catches(status, "SIGHUP")).toBe(true);
  expect(catches(status, "SIGTERM")).toBe(true);
  expect(catches(status, "SIGINT")).toBe(false);
  expect(() => catches("Name:\tnode\n", "SIGINT")).toThrow("SigCgt");
});
