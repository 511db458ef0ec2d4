export type ErrorCode =
  | "malformed"
  | "two_credentials"
  | "unauthenticated"
  | "forbidden"
  | "people_only"
  | "not_found"
  | "conflict"
  | "name_taken"
  | "precondition_failed"
  | "invalid"
  | "provider_url_not_allowed"
  | "provider_unreachable"
  | "provider_certificate_untrusted"
  | "provider_not_recognized"
  | "credential_rejected"
  | "credential_is_personal"
  | "missing_scope"
  | "missing_role"
  | "target_not_found"
  | "registration_disabled"
  | "rate_limited"
  | "unavailable";

export type FieldError = { field: string; message: string };

/** An expected refusal, in words for the person who caused it. Anything else that is thrown is a bug. */
export class DomainError extends Error {
  /** Seconds to wait, with `rate_limited` and `unavailable`, and `provider_unreachable` where the provider says so. */
  readonly retryAfter: number | undefined;
  readonly errors: FieldError[];

  constructor(
    readonly code: ErrorCode,
    message: string,
    details: { errors?: FieldError[]; retryAfter?: number } = {},
  ) {
    super(message);
    this.name = "DomainError";
    this.errors = details.errors ?? [];
    this.retryAfter = details.retryAfter;
  }
}

/** The same for what doesn't exist and for what the actor may not see. */
export function notFound(what: string): DomainError {
  return new DomainError("not_found", `${what} was not found.`);
}

/** The same for a credential that is unknown, revoked, expired or deleted. */
export const notAuthenticated = "A valid access token is required.";

export function unauthenticated(): DomainError {
  return new DomainError("unauthenticated", notAuthenticated);
}

/** What is refused for want of a role, where there is no more to say. */
export const notAllowed = "You are not allowed to do this.";

export function forbidden(message = notAllowed): DomainError {
  return new DomainError("forbidden", message);
}

/** A refused field. */
export function invalid(field: string, message: string): DomainError {
  return new DomainError("invalid", message, { errors: [{ field, message }] });
}
