import { beforeAll, expect, test, vi } from "vitest";
import { DomainError, type ErrorCode, forbidden, invalid, notFound } from "@/lib/errors";
import { log } from "@/lib/log";
import { challenges, fixedProblem, problem, problemOf } from "./problem";

beforeAll(() => {
  log.level = "silent";
});

const statuses: [ErrorCode, number][] = [
  ["malformed", 400],
  ["two_credentials", 400],
  ["unauthenticated", 401],
  ["forbidden", 403],
  ["people_only", 403],
  ["not_found", 404],
  ["conflict", 409],
  ["name_taken", 409],
  ["precondition_failed", 412],
  ["invalid", 422],
  ["provider_url_not_allowed", 422],
  ["provider_unreachable", 422],
  ["provider_certificate_untrusted", 422],
  ["provider_not_recognized", 422],
  ["credential_rejected", 422],
  ["credential_is_personal", 422],
  ["missing_scope", 422],
  ["missing_role", 422],
  ["target_not_found", 422],
  ["registration_disabled", 422],
  ["policy", 422],
  ["rate_limited", 429],
  ["unavailable", 503],
];
test.each(statuses)("%s is %i", async (code, status) => {
  const response = problemOf(new DomainError(code, "Because."));
  expect(response.status).toBe(status);
  expect(response.headers.get("content-type")).toBe("application/problem+json");
  expect(await response.json()).toMatchObject({ type: "about:blank", status, code, detail: "Because." });
});

test("a problem has no empty members", async () => {
  expect(await problemOf(notFound("This group")).json()).toEqual({
    type: "about:blank",
    title: "Not Found",
    status: 404,
    code: "not_found",
    detail: "This group was not found.",
  });
  const { detail, errors } = await problemOf(forbidden()).json();
  expect({ detail, errors }).toEqual({ detail: "You are not allowed to do this.", errors: undefined });
});

test("refused fields are named in the API's spelling", async () => {
  expect(await problemOf(invalid("expiresAt", "It has passed.")).json()).toMatchObject({
    code: "invalid",
    errors: [{ field: "expires_at", message: "It has passed." }],
  });
});

test("a problem with a wait has a Retry-After header", () => {
  const limited = new DomainError("rate_limited", "Too many.", { retryAfter: 30 });
  expect(problemOf(limited).headers.get("retry-after")).toBe("30");
  expect(problemOf(new DomainError("unavailable", "Down.")).headers.get("retry-after")).toBe("5");
  expect(problemOf(notFound("It")).headers.get("retry-after")).toBeNull();
});

test("a database that can't be reached is 503", async () => {
  const error = new Error("Failed query", { cause: new Error("Connection terminated unexpectedly") });
  const response = problemOf(error);
  expect(response.status).toBe(503);
  expect(response.headers.get("retry-after")).toBe("5");
  expect(await response.text()).not.toContain("query");
});

test("a bug is logged, and the response has no details of it", async () => {
  const logged = vi.spyOn(log, "error");
  const bug = new TypeError("password is not a function");
  const response = problemOf(bug);
  expect(response.status).toBe(500);
  expect(await response.json()).toEqual({
    type: "about:blank",
    title: "Internal Server Error",
    status: 500,
    code: "internal",
    detail: "Something went wrong on our side.",
  });
  expect(logged).toHaveBeenCalledWith({ err: bug }, expect.any(String));
});

test("a problem that is answered again and again has the same body and a request id of its own each time", async () => {
  const refuse = fixedProblem("unauthenticated", "Because.", challenges.invalid);
  const [first, second] = [refuse(), refuse()];
  expect(await first.json()).toEqual(await problem("unauthenticated", "Because.").json());
  expect(await second.json()).toMatchObject({ status: 401, code: "unauthenticated", detail: "Because." });
  expect(second.headers.get("www-authenticate")).toBe('Bearer realm="veHaaS", error="invalid_token"');
  expect(second.headers.get("x-request-id")).not.toBe(first.headers.get("x-request-id"));
});
