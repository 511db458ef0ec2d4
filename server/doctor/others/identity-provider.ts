import { z } from "zod";
import { count } from "@/lib/format";
import { fetchPublishedKeys } from "@/lib/sign-in/jwt/issuer-keys";
import { type Finding, right, wrong } from "../finding";
import type { Inspection } from "../inspection";

const subject = "identity provider";
/** Milliseconds for its discovery document and its keys. */
const longest = 10_000;

/** Whether the identity provider answers, is the issuer that it should be, and publishes keys. */
export async function identityProvider({ settings: { OIDC_ISSUER } }: Inspection): Promise<Finding[]> {
  if (!OIDC_ISSUER) return [right(subject, "none is set, people sign in with a password")];
  try {
    const { keys } = await fetchPublishedKeys(OIDC_ISSUER, { signal: AbortSignal.timeout(longest) });
    if (keys.length === 0) return [wrong(subject, `${OIDC_ISSUER} publishes no keys`, "Give it a signing key")];
    return [right(subject, `${OIDC_ISSUER} answers, with ${count(keys.length, "key")}`)];
  } catch (error) {
    return [wrong(subject, `${OIDC_ISSUER}: ${whyFailed(error)}`, "Check OIDC_ISSUER, and the way to it")];
  }
}

function whyFailed(error: unknown): string {
  if (error instanceof z.ZodError) return "its answer is no discovery document, or no set of keys";
  if (error instanceof SyntaxError) return "its answer is not JSON";
  if (!(error instanceof Error)) return "it can't be asked";
  if (error.name === "TimeoutError") return "it did not answer in time";
  const { cause } = error;
  const code = cause instanceof Error && "code" in cause ? String(cause.code) : "";
  if (/CERT|SIGNED|UNABLE_TO/.test(code)) {
    return `its certificate is not trusted (${code}); name its authority in NODE_EXTRA_CA_CERTS`;
  }
  return code ? `it can't be reached (${code})` : error.message;
}
