import { DomainError } from "@/lib/errors";

/** A redirect response. Redirects are never followed. */
export class RedirectRefused extends DomainError {
  /** The redirect's target. It is untrusted, so it must not appear in a message or a log. */
  #location: string | undefined;

  constructor(message: string, location: string | undefined) {
    super("provider_not_recognized", message);
    this.#location = location;
  }

  get location(): string | undefined {
    return this.#location;
  }
}

export function urlNotAllowed(host: string): DomainError {
  return new DomainError(
    "provider_url_not_allowed",
    `${host} leads to a private or reserved address. An operator can permit it by PROVIDER_ALLOWLIST.`,
  );
}

/** `location` may be relative to the requested URL. */
export function redirectRefused({ href, host }: URL, location: unknown): RedirectRefused {
  const leadsTo =
    typeof location === "string" && URL.canParse(location, href) ? new URL(location, href).href : undefined;
  return new RedirectRefused(
    `${host} answered with a redirect, which is not followed. Enter the address that it leads to.`,
    leadsTo,
  );
}

export function tooLarge(host: string): DomainError {
  return new DomainError("provider_not_recognized", `${host} answered with more than a provider would.`);
}

/** The name servers did not respond to the lookup of the host. */
export function nameServersSilent(host: string): DomainError {
  return new DomainError(
    "provider_unreachable",
    `The address of ${host} is not known: its name server did not answer in time. Check the URL, or try again later.`,
  );
}

/** The name servers responded with an error. */
export function nameServersFailed(host: string): DomainError {
  return new DomainError(
    "provider_unreachable",
    `The address of ${host} is not known: its name server reports a fault. Check the URL, or try again later.`,
  );
}

/** Describes the failed connection. The original error is left out, since it may contain what was sent. */
export function connectionFailed(host: string, error: unknown): DomainError {
  const refusal = chain(error).find((one) => one instanceof DomainError);
  if (refusal) return refusal;
  if (chain(error).some((one) => codeOf(one) === "CERT_HAS_EXPIRED")) {
    return new DomainError("provider_certificate_untrusted", `The certificate of ${host} has expired.`);
  }
  if (chain(error).some(isCertificateError)) {
    return new DomainError(
      "provider_certificate_untrusted",
      `The certificate of ${host} is not trusted. An operator can add its certificate authority by PROVIDER_CA_FILE.`,
    );
  }
  return new DomainError("provider_unreachable", `${host} ${whyUnreachable(error)}`);
}

function whyUnreachable(error: unknown): string {
  const codes = chain(error).map(codeOf);
  if (codes.some((code) => /^(?:ENOTFOUND|EAI_\w+|ENODATA)$/.test(code))) return "has no address. Check the URL.";
  if (chain(error).some((one) => one instanceof Error && one.name === "TimeoutError")) return "did not answer in time.";
  return "can't be reached.";
}

// OpenSSL's verification errors and Node's own check of the host name, but not a handshake with a server without TLS.
const certificateError =
  /^(?:CERT_|ERR_TLS_CERT_|UNABLE_TO_|DEPTH_ZERO_|SELF_SIGNED_|INVALID_(?:CA|PURPOSE)|HOSTNAME_MISMATCH|PATH_LENGTH_)/;

function isCertificateError(error: unknown): boolean {
  return certificateError.test(codeOf(error));
}

/** The error and all of its causes, including those of several connection attempts. */
function chain(error: unknown): unknown[] {
  if (!(error instanceof Error)) return [error];
  const attempts = error instanceof AggregateError ? error.errors.flatMap(chain) : [];
  return [error, ...attempts, ...(error.cause ? chain(error.cause) : [])];
}

function codeOf(error: unknown): string {
  return error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : "";
}
