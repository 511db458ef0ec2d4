export type ErrorCode =
  | "malformed"
  | "two_credentials"
  | "unauthenticated"
  | "forbidden"
  | "people_only"
  | "not_found"
  | "conflict"
  | "name_taken"
  | "rotation_pending"
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
  | "policy"
  | "rate_limited"
  | "unavailable";

export type FieldError = { field: string; message: string };

/** An expected refusal, with a message for the person who caused it. Any other thrown error is a bug. */
export class DomainError extends Error {
  /** Seconds to wait, for `rate_limited` and `unavailable`, and for `provider_unreachable` if the provider says so. */
  readonly retryAfter: number | undefined;
  readonly errors: FieldError[];

  constructor(
    readonly code: ErrorCode,
    message: string,
    details: { errors?: FieldError[]; retryAfter?: number; cause?: unknown } = {},
  ) {
    super(message, { cause: details.cause });
    this.name = "DomainError";
    this.errors = details.errors ?? [];
    this.retryAfter = details.retryAfter;
  }
}

/** The same for an object that doesn't exist and for one that the actor may not see. */
export function notFound(what: string): DomainError {
  return new DomainError("not_found", `${what} was not found.`);
}

/** The same for an unknown, revoked, expired or deleted credential. */
export const notAuthenticated = "A valid access token is required.";

export function unauthenticated(): DomainError {
  return new DomainError("unauthenticated", notAuthenticated);
}

/** The message for a missing role, if there is nothing more specific. */
export const notAllowed = "You are not allowed to do this.";

export function forbidden(message = notAllowed): DomainError {
  return new DomainError("forbidden", message);
}

export function invalid(field: string, message: string): DomainError {
  return new DomainError("invalid", message, { errors: [{ field, message }] });
}

/** Revisions that a row may have for a change to proceed; undefined for any. */
export type ExpectedRevisions = readonly string[] | undefined;

/** Throws `precondition_failed`. Before a change, call it while the row, or the token that it belongs to, is locked. */
export function assertRevision(what: string, row: { revision: string }, expected: ExpectedRevisions): void {
  if (!expected || expected.includes(row.revision)) return;
  throw new DomainError("precondition_failed", `Someone has changed ${what} meanwhile. Read it again and decide anew.`);
}
