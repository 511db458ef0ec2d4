import { randomBytes } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import { parseAndValidateFlightRouterState } from "next/dist/server/app-render/parse-and-validate-flight-router-state.js";
import { isOwnFile } from "./own-file";

type Site = { origin: string; oidcIssuer: string | undefined; dev: boolean };

/** Headers that only this server may set for Next. A client's own are removed. */
const ours = ["x-pathname", "content-security-policy", "content-security-policy-report-only"];

/** Applies where such an address is answered with a document after all, such as "not found". */
const policyOfFiles = "default-src 'none'; frame-ancestors 'none'";

/** Sets a page's security headers, and passes Next the policy, the path and the public origin. */
export function preparePage(request: IncomingMessage, response: ServerResponse, site: Site): void {
  for (const name of ours) delete request.headers[name];
  const nonce = randomBytes(16).toString("base64");
  const policy = contentSecurityPolicy(nonce, site);
  const { host, protocol } = new URL(site.origin);
  Object.assign(request.headers, {
    // Next reads the nonce for its scripts and styles from here.
    "content-security-policy": policy,
    "x-pathname": request.url ?? "/",
    "x-forwarded-host": host,
    "x-forwarded-proto": protocol.slice(0, -1),
  });
  response.setHeader("x-content-type-options", "nosniff");
  // Next sets the caching of its own files. They are not documents, and a page loads a dozen of them: the headers of a
  // page would add kilobytes.
  if (isOwnFile(request)) return void response.setHeader("content-security-policy", policyOfFiles);
  response.setHeader("cache-control", "private, no-store");
  response.setHeader("content-security-policy", policy);
  response.setHeader("cross-origin-opener-policy", "same-origin");
  response.setHeader("permissions-policy", "camera=(), microphone=(), geolocation=(), browsing-topics=()");
  // With no-referrer, browsers would send "Origin: null" with forms.
  response.setHeader("referrer-policy", "same-origin");
  response.setHeader("x-frame-options", "DENY");
}

function contentSecurityPolicy(nonce: string, { oidcIssuer, dev }: Site): string {
  const issuer = oidcIssuer ? ` ${new URL(oidcIssuer).origin}` : "";
  return [
    "default-src 'self'",
    `script-src 'self' 'nonce-${nonce}' 'strict-dynamic'${dev ? " 'unsafe-eval'" : ""}`,
    `style-src 'self' ${dev ? "'unsafe-inline'" : `'nonce-${nonce}'`}`,
    "img-src 'self' data:",
    `connect-src 'self'${dev ? " ws:" : ""}`,
    "object-src 'none'",
    "base-uri 'none'",
    `form-action 'self'${issuer}`,
    "frame-ancestors 'none'",
  ].join("; ");
}

/** Three times what our longest URL needs: two for each segment and one for each parameter. */
const mostBrackets = 100;

/**
 * Whether Next can read the router state that its client sends. Next answers 500 if it can't, and takes quadratic time
 * in the nesting depth, also without a session: 9 kB of nested parts took 0.4 s.
 */
export function isValidRouterState(header: string | string[] | undefined): boolean {
  if (header === undefined) return true;
  try {
    const text = decodeURIComponent(String(header));
    if (text.length - text.replace(/[[{]/g, "").length > mostBrackets) return false;
    return parseAndValidateFlightRouterState(header) !== undefined;
  } catch {
    return false;
  }
}
