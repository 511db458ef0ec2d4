import { invalid } from "@/lib/errors";
import { parseAddress } from "@/lib/network/address-class";
import { type Allowlist, isHostName } from "@/lib/network/allowlist";
import { assertPermittedUrl } from "@/lib/network/permitted-url";
import { hostOf } from "@/lib/network/url-host";

const maxLength = 2048;

/**
 * The URL of a webhook in its normalized form; a path and a query are kept. Throws `invalid` on `url` for a malformed one,
 * `provider_url_not_allowed` for one to which nothing may be sent.
 */
export function parseWebhookUrl(typed: string, allowlist: Allowlist): string {
  const text = typed.trim();
  if (text.length > maxLength) refuse(`Use at most ${maxLength} characters.`);
  if (!/^[\x21-\x7e]+$/.test(text) || /[\\"<>^`{|}]/.test(text)) {
    refuse("Use plain letters, digits and the usual signs only; write an international host name as xn--….");
  }
  if (!/^https?:\/\/[^/]/i.test(text) || !URL.canParse(text)) {
    refuse("Enter a URL that begins with https://, such as https://chat.example.com/hooks/….");
  }
  const url = new URL(text);
  if (url.username || url.password || /^https?:\/\/[^/?#]*@/i.test(text)) {
    refuse("Remove the user name or password from the URL.");
  }
  if (text.includes("#")) refuse("Remove what follows the # in the URL.");
  const host = hostOf(url);
  if (!url.hostname.startsWith("[") && !parseAddress(host) && !isHostName(host)) refuse("The URL has no valid host.");
  assertPermittedUrl(url, allowlist, "the messages");
  return url.href;
}

function refuse(message: string): never {
  throw invalid("url", message);
}
