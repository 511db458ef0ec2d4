import { STATUS_CODES } from "node:http";
import type { Problem } from "@/api/description/error-responses";
import { DomainError, type FieldError } from "@/lib/errors";
import { log } from "@/lib/log";
import { isUnavailable } from "@/lib/unavailable";
import { answerHeaders } from "./answer";
import { type ProblemCode, problemCodes } from "./problem-codes";
import { snakeCase } from "./snake-case";

type Details = { errors?: FieldError[]; headers?: Record<string, string> };

const retryAfter = 5;

const challenge = 'Bearer realm="veHaaS"';
/** The WWW-Authenticate headers (RFC 6750, 3) for a missing credential and for an invalid one. */
export const challenges = {
  none: { "www-authenticate": challenge },
  invalid: { "www-authenticate": `${challenge}, error="invalid_token"` },
};

/** An RFC 9457 problem. `errors` name fields in the API's spelling. */
export function problem(code: ProblemCode, detail: string, { errors = [], headers = {} }: Details = {}): Response {
  return answer(problemCodes[code].status, bodyOf(code, detail, errors), headers);
}

/** Returns a function that answers with the same problem each time. Its body is written once. */
export function fixedProblem(code: ProblemCode, detail: string, headers: Record<string, string>): () => Response {
  const { status } = problemCodes[code];
  const body = bodyOf(code, detail);
  return () => answer(status, body, headers);
}

function bodyOf(code: ProblemCode, detail: string, errors: FieldError[] = []): string {
  const { status } = problemCodes[code];
  const members: Problem = {
    type: "about:blank",
    title: STATUS_CODES[status] ?? "",
    status,
    code,
    detail,
    ...(errors.length > 0 ? { errors } : {}),
  };
  return JSON.stringify(members);
}

function answer(status: number, body: string, headers: Record<string, string>): Response {
  return new Response(body, { status, headers: { ...answerHeaders("application/problem+json"), ...headers } });
}

/** The response to any thrown error: a refusal gives its reason; a bug is logged and gives no details. */
export function problemOf(error: unknown): Response {
  if (error instanceof DomainError) {
    return problem(error.code, error.message, { errors: error.errors.map(inSnakeCase), headers: headersOf(error) });
  }
  if (isUnavailable(error)) {
    log.warn({ err: error }, "the database can't be asked");
    return problemOf(new DomainError("unavailable", "The service is unavailable for the moment. Try again later."));
  }
  log.error({ err: error }, "an API request failed");
  return problem("internal", "Something went wrong on our side.");
}

function headersOf({ code, retryAfter: seconds = retryAfter }: DomainError): Record<string, string> {
  if (code === "unauthenticated") return challenges.invalid;
  return code === "rate_limited" || code === "unavailable" ? { "retry-after": String(seconds) } : {};
}

function inSnakeCase({ field, message }: FieldError): FieldError {
  return { field: snakeCase(field), message };
}
