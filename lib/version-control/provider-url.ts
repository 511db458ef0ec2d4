import { invalid } from "@/lib/errors";
import { parseAddress } from "@/lib/network/address-class";
import { type Allowlist, isHostName } from "@/lib/network/allowlist";
import { assertPermittedUrl } from "@/lib/network/permitted-url";
import { hostOf } from "@/lib/network/url-host";

const maxLength = 2048;

/**
 * Normalizes a provider URL: lower case, no default port, no trailing slash. Throws `invalid` for a malformed URL,
 * `provider_url_not_allowed` for a forbidden one.
 */
export function parseProviderUrl(text: string, allowlist: Allowlist): string {
  const { scheme, authority, path } = split(text.trim() === text ? text : refuse("Remove the spaces around the URL."));
  const url = parse(`${scheme}://${authority}/`);
  const host = checkHost(authority, url);
  const spelled = `${url.protocol}//${authorityOf(host, url)}${checkPath(path)}`;
  assertPermittedUrl(url, allowlist, "the token");
  return spelled;
}

function split(text: string) {
  if (text.length > maxLength) refuse(`Use at most ${maxLength} characters.`);
  if (!/^[\x21-\x7e]+$/.test(text) || /[\\"<>^`{|}]/.test(text)) {
    refuse("Use plain letters, digits and the usual signs only; write an international host name as xn--….");
  }
  const [, scheme = "", rest] = /^([a-z][a-z0-9+.-]*):\/\/(.+)$/i.exec(text) ?? [];
  if (!rest || !/^https?$/i.test(scheme)) refuse("Enter a URL that begins with https://, such as https://gitlab.com.");
  if (/[?#]/.test(text)) refuse("Remove what follows the ? or # in the URL.");
  if (text.includes("@")) refuse("Remove the user name or password from the URL.");
  const [, authority = "", path = ""] = /^([^/]*)(.*)$/.exec(rest ?? "") ?? [];
  return { scheme: scheme.toLowerCase(), authority, path };
}

function parse(text: string): URL {
  if (!URL.canParse(text)) refuse("The URL has no valid host.");
  return new URL(text);
}

function checkHost(authority: string, url: URL): string {
  if (authority.includes("%")) refuse("The host must not be percent-encoded.");
  if (/:$/.test(authority) || /:0\d/.test(authority.replace(/^\[.*\]/, ""))) refuse("The port is not a number.");
  const host = hostOf(url);
  if (!url.hostname.startsWith("[") && !parseAddress(host) && !isHostName(host)) refuse("The URL has no valid host.");
  return host;
}

function authorityOf(host: string, url: URL): string {
  const name = host.includes(":") ? `[${host}]` : host;
  return url.port ? `${name}:${url.port}` : name;
}

function checkPath(path: string): string {
  const trimmed = path.replace(/\/+$/, "");
  const segments = trimmed.split("/").slice(1);
  if (!segments.every((one) => /^[\w.~!$&'()*+,;=:-]+$/.test(one) && !/^\.{1,2}$/.test(one))) {
    refuse(
      "The path may hold letters, digits and the usual signs only, without dot segments, double slashes or % codes.",
    );
  }
  return trimmed;
}

function refuse(message: string): never {
  throw invalid("providerUrl", message);
}
