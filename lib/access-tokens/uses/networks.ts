import type { StoredNetworkUse } from "@/db/schema";

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
