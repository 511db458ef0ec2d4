import { STATUS_CODES } from "node:http";
import { DomainError, type FieldError } from "@/lib/errors";
import { log } from "@/lib/log";
import { isUnavailable } from "@/lib/unavailable";
import { answerHeaders } from "./answer";
import type { Problem } from "./error-responses";
import { type ProblemCode, problemCodes } from "./problem-codes";
import { snakeCase } from "./spelling";

type Details = { errors?: FieldError[]; headers?: Record<string, string> };

const retryAfter = 5;

/** RFC 6750, 3: what a request without a credential is asked for. */
export const challenge = 'Bearer realm="veHaaS"';

/** An RFC 9457 problem. `errors` name their fields as the API does. */
export function problem(code: ProblemCode, detail: string, { errors = [], headers = {} }: Details = {}): Response {
  const { status } = problemCodes[code];
  const body: Problem = {
    type: "about:blank",
    title: STATUS_CODES[status] ?? "",
    status,
    code,
    detail,
    ...(errors.length > 0 ? { errors } : {}),
  };
  return new Response(JSON.stringify(body), {
    status,
    headers: { ...answerHeaders("application/problem+json"), ...headers },
  });
}

/** Every way of failing, in one dialect: a refusal says why, a bug says nothing and is logged. */
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
  if (code === "unauthenticated") return { "www-authenticate": `${challenge}, error="invalid_token"` };
  return code === "rate_limited" || code === "unavailable" ? { "retry-after": String(seconds) } : {};
}

function inSnakeCase({ field, message }: FieldError): FieldError {
  return { field: snakeCase(field), message };
}
