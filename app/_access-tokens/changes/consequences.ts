import { listPathOf, type ScopeFields } from "@/app/_parts/paths";
import type { Consequences } from "@/lib/access-tokens/queries";

/** As JSON, with the server's clock. */
export type ShownConsequences = Omit<Consequences, "lastUsedAt"> & { lastUsedAt: string | null; now: string };

/** Undefined if they could not be read. */
export type KnownConsequences = Promise<ShownConsequences | undefined>;

const longestWait = 10_000;

/** Not a server action: the browser sends those one after the other, so a slow one would keep the change waiting. */
export async function consequencesFor(scope: ScopeFields, tokenId: string): KnownConsequences {
  try {
    const path = `${listPathOf(scope)}/${tokenId}/consequences`;
    const response = await fetch(path, { signal: AbortSignal.timeout(longestWait) });
    return response.ok ? await response.json() : undefined;
  } catch {
    return undefined;
  }
}
