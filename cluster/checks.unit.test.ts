import { expect, test } from "vitest";
import { checksOf } from "./checks";
import type { Answer } from "./load";

const good: Answer = { kind: "authentication", status: 200, saysWhen: false, begun: 0, ended: 1 };
const unavailable: Answer = { kind: "write", status: 503, saysWhen: true, begun: 0, ended: 1 };

const fine: Parameters<typeof checksOf>[0] = {
  answers: [good, unavailable],
  afterwards: [good],
  unharmed: ["authentication"],
  isAnsweredAgain: true,
  acknowledged: 3,
  lost: 0,
  accepted: 0,
  refused: 0,
  connections: 48,
  mostConnections: 48,
  areInstancesRunning: true,
  isAuditLogIntact: true,
};

const failedAt = (observed: Partial<typeof fine>) =>
  checksOf({ ...fine, ...observed }).flatMap(({ what, isPassed }) => (isPassed ? [] : [what]));

test("a fault with answers 503 alone passes", () => {
  expect(failedAt({})).toEqual([]);
});

test.each<[Partial<typeof fine>, string]>([
  [{ isAnsweredAgain: false }, "authentication and writes are answered again"],
  [{ lost: 1 }, "1 of 3 acknowledged writes lost"],
  [{ acknowledged: 0 }, "0 of 0 acknowledged writes lost"],
  [{ accepted: 1 }, "1 revoked tokens accepted"],
  [{ refused: 1 }, "1 good tokens refused with 401"],
  [{ answers: [good, { ...unavailable, status: 502 }] }, "1 failures that are not 503, 502 (write)"],
  [{ answers: [good, { ...unavailable, status: 0 }] }, "1 failures that are not 503, no answer (write)"],
  [{ answers: [good, { ...unavailable, saysWhen: false }] }, "1 answers 503 without Retry-After"],
  [{ afterwards: [good, unavailable] }, "1 of 2 requests failed afterwards"],
  [{ connections: 49 }, "49 connections, at most 48 documented"],
  [{ connections: 0 }, "0 connections, at most 48 documented"],
  [{ areInstancesRunning: false }, "no instance has ended"],
  [{ isAuditLogIntact: false }, "audit:verify finds nothing"],
  [{ answers: [good, { ...unavailable, kind: "authentication" }] }, "1 of 2 requests failed (authentication)"],
  [{ answers: [unavailable] }, "0 of 0 requests failed (authentication)"],
])("%j fails", (observed, what) => {
  expect(failedAt(observed)).toEqual([what]);
});
