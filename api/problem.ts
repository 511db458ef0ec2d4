import { STATUS_CODES } from "node:http";
import { DomainError, type ErrorCode, type FieldError } from "@/lib/errors";
import { log } from "@/lib/log";
import { isUnavailable } from "@/lib/unavailable";
import { answerHeaders } from "./answer";
import { snakeCase } from "./spelling";

type TransportCode = "method_not_allowed" | "not_acceptable" | "too_large" | "unsupported_media_type" | "internal";

const statuses: Record<ErrorCode | TransportCode, number> = {
  malformed: 400,
  two_credentials: 400,
  unauthenticated: 401,
  forbidden: 403,
  people_only: 403,
  not_found: 404,
  method_not_allowed: 405,
  not_acceptable: 406,
  conflict: 409,
  name_taken: 409,
  too_large: 413,
  unsupported_media_type: 415,
  invalid: 422,
  provider_url_not_allowed: 422,
  provider_unreachable: 422,
  provider_certificate_untrusted: 422,
  provider_not_recognized: 422,
  credential_rejected: 422,
  credential_is_personal: 422,
  missing_scope: 422,
  missing_role: 422,
  target_not_found: 422,
  registration_disabled: 422,
  rate_limited: 429,
  internal: 500,
  unavailable: 503,
};

type ProblemCode = keyof typeof statuses;
type Details = { errors?: FieldError[]; headers?: Record<string, string> };

const retryAfter = 5;

/** RFC 6750, 3: what a request without a credential is asked for. */
export const challenge = 'Bearer realm="veHaaS"';

/** An RFC 9457 problem. `errors` name their fields as the API does. */
export function problem(code: ProblemCode, detail: string, { errors = [], headers = {} }: Details = {}): Response {
  const status = statuses[code];
  const body = {
    type: "about:blank",
    title: STATUS_CODES[status],
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
