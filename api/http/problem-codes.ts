import type { ErrorCode } from "@/lib/errors";

type TransportCode = "method_not_allowed" | "not_acceptable" | "too_large" | "unsupported_media_type" | "internal";
export type ProblemCode = ErrorCode | TransportCode;

/** Each code's status, and its meaning for the client. */
export const problemCodes: Record<ProblemCode, { status: number; meaning: string }> = {
  malformed: {
    status: 400,
    meaning: "The path, a parameter or a header is malformed, or the body is not JSON.",
  },
  two_credentials: { status: 400, meaning: "Send either private-token or Authorization, not both." },
  unauthenticated: { status: 401, meaning: "There is no credential, or it is not accepted; the reason is not given." },
  forbidden: { status: 403, meaning: "You may see this, and you may not do it." },
  people_only: { status: 403, meaning: "Access tokens are created by people, not by access tokens." },
  not_found: { status: 404, meaning: "It is unknown, or you may not see it." },
  method_not_allowed: { status: 405, meaning: "The address takes other methods: see Allow." },
  not_acceptable: { status: 406, meaning: "The answer can't be given in a format that Accept allows." },
  conflict: {
    status: 409,
    meaning: "There is one already, or its state does not permit this; or a stored secret can’t be read.",
  },
  name_taken: { status: 409, meaning: "Another access token has this name." },
  rotation_pending: {
    status: 409,
    meaning: "The access token already has a new secret, and its old one has not ended yet.",
  },
  precondition_failed: {
    status: 412,
    meaning: "If-Match doesn't name the current version: it has changed since you read it, or has no versions.",
  },
  too_large: {
    status: 413,
    meaning: "The body of a request may have 256 KiB, that of an environment variable 320 KiB.",
  },
  unsupported_media_type: { status: 415, meaning: "Send the body as application/json, and not compressed." },
  invalid: { status: 422, meaning: "The body is JSON, but not valid: errors names each field." },
  provider_url_not_allowed: { status: 422, meaning: "The operator does not permit this provider URL." },
  provider_unreachable: { status: 422, meaning: "The provider has no address, or does not answer." },
  provider_certificate_untrusted: { status: 422, meaning: "The provider's certificate is not trusted." },
  provider_not_recognized: { status: 422, meaning: "What answers there is not a GitLab or GitHub." },
  credential_rejected: {
    status: 422,
    meaning: "The provider refuses the credential: it is wrong, expired or revoked.",
  },
  credential_is_personal: {
    status: 422,
    meaning: "The credential is a person's. Use another, or say accept_personal_token.",
  },
  missing_scope: { status: 422, meaning: "The credential lacks a scope: detail names it." },
  missing_role: { status: 422, meaning: "The credential lacks a role: detail names it." },
  target_not_found: { status: 422, meaning: "The project or group does not exist, or the credential can't see it." },
  registration_disabled: { status: 422, meaning: "The provider has runner registration disabled." },
  policy: {
    status: 422,
    meaning: "A policy of the group or organization does not allow it: detail names the policy, and errors the field.",
  },
  rate_limited: {
    status: 429,
    meaning:
      "Too many requests at once, too many that were refused, or too many to the provider: try again after Retry-After seconds.",
  },
  internal: { status: 500, meaning: "Something went wrong on our side." },
  unavailable: {
    status: 503,
    meaning: "The service is unavailable for the moment: try again after Retry-After seconds.",
  },
};
