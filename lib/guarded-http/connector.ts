import { buildConnector } from "undici";
import { settings } from "@/lib/env";
import { type Allowlist, permitsAddress } from "@/lib/network/allowlist";
import { readCertificates, trust } from "@/lib/network/certificates";
import { hostOf, portOf } from "@/lib/network/url-host";
import { urlNotAllowed } from "./errors";
import { type Resolve, vettedLookup } from "./resolve";
import { createResolve } from "./system-resolve";

export const mostMilliseconds = 10_000;
const systemResolve = createResolve();

export type ConnectionOptions = { allowlist?: Allowlist; certificates?: string[]; resolve?: Resolve };

/** Opens connections for the URL, each to an address that was checked. Ignores proxy settings. */
export function guardedConnector(url: URL, options: ConnectionOptions, signal: AbortSignal): buildConnector.connector {
  const {
    allowlist = settings().PROVIDER_ALLOWLIST,
    resolve = systemResolve,
    certificates = ownCertificates(),
  } = options;
  const port = portOf(url);
  const connector = buildConnector({
    lookup: vettedLookup(allowlist, port, resolve, signal),
    timeout: mostMilliseconds,
    rejectUnauthorized: true,
    ...trust(certificates),
  });
  const host = hostOf(url);
  // An IP address in the URL bypasses the lookup.
  const isAddress = url.hostname.startsWith("[") || /^[\d.]+$/.test(host);
  return (target, callback) => {
    if (isAddress && !permitsAddress(allowlist, host, host, port)) return callback(urlNotAllowed(host), null);
    return connector(target, callback);
  };
}

export function rejectedBy(signal: AbortSignal): Promise<never> {
  return new Promise((_resolve, reject) =>
    signal.addEventListener("abort", () => reject(signal.reason), { once: true }),
  );
}

function ownCertificates(): string[] {
  const file = settings().PROVIDER_CA_FILE;
  return file ? readCertificates(file) : [];
}
