import type { StoredNetworkUse } from "@/db/schema";
import { redact } from "@/lib/redact";

/** Networks that are kept for each token. */
export const mostNetworks = 5;

/** The latest use of each network in both lists, newest first, as many as are kept. Of two at once, the seen one. */
export function mergeNetworks(stored: StoredNetworkUse[], seen: StoredNetworkUse[]): StoredNetworkUse[] {
  const newestFirst = [...seen, ...stored].sort((one, other) => other.lastUsedAt.localeCompare(one.lastUsedAt));
  const latest = newestFirst.filter(
    ({ network }, place) => place === newestFirst.findIndex((other) => other.network === network),
  );
  return latest.slice(0, mostNetworks);
}

/** RFC 9110, 10.1.5: a user agent begins with a product, such as "curl/8.5.0". Other texts have no name. */
const product = /^[a-z0-9][\w.+-]{0,39}/i;

/**
 * The product that a user agent names, without its version; at most 40 characters. Null for a text that names none or
 * contains a secret.
 */
export function clientName(userAgent: string | undefined): string | null {
  const name = product.exec(userAgent ?? "")?.[0];
  return name && redact(name) === name ? name : null;
}
