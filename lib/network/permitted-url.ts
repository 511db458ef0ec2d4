import { DomainError } from "@/lib/errors";
import { parseAddress } from "./address-class";
import { type Allowlist, listsHost, listsPort, permitsAddress } from "./allowlist";
import { hostOf, portOf } from "./url-host";

/**
 * Throws `provider_url_not_allowed` unless requests may go to the URL as far as it tells: the addresses of a name are
 * checked with each connection. `overHttp` says what http would expose.
 */
export function assertPermittedUrl(url: URL, allowlist: Allowlist, overHttp: string): void {
  const [host, port] = [hostOf(url), portOf(url)];
  const listed = listsHost(allowlist, host, port);
  if (url.protocol === "http:" && !listed)
    throw notAllowed(`Use https: over http ${overHttp} could be read on its way.`);
  if (isReserved(port) && !listsPort(allowlist, host, port))
    throw notAllowed(`Port ${port} is reserved for other uses.`);
  const address = parseAddress(host);
  if (address ? !permitsAddress(allowlist, host, host, port) : isLocalName(host) && !listed) {
    throw notAllowed(
      "The URL leads to a private or reserved address. An operator can permit it by PROVIDER_ALLOWLIST.",
    );
  }
}

function isReserved(port: number): boolean {
  return port < 1024 && port !== 80 && port !== 443;
}

function isLocalName(host: string): boolean {
  return /(?:^|\.)localhost$/.test(host);
}

function notAllowed(message: string): DomainError {
  return new DomainError("provider_url_not_allowed", message);
}
