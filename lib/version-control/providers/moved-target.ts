import { RedirectRefused } from "@/lib/guarded-http/errors";
import type { ProviderCredential } from "./provider-check-input";
import { refused } from "./provider-errors";

/**
 * The target's number in a redirect of the API to its own `/{collection}/{number}` or below. GitHub and GitLab redirect
 * requests that use an old name.
 */
export function numberInRedirect(error: unknown, api: string, collection: string): string | undefined {
  if (!(error instanceof RedirectRefused)) return undefined;
  const prefix = `${api}/${collection}/`;
  if (!error.location?.startsWith(prefix)) return undefined;
  return /^([1-9]\d{0,17})(?:[/?]|$)/.exec(error.location.slice(prefix.length))?.[1];
}

/** Runs a call that uses the target's name. Throws `target_not_found` on a redirect. */
export async function orMoved<T>(what: string, toEnter: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof RedirectRefused)) throw error;
    throw refused("target_not_found", `The ${what} has moved. Enter ${toEnter}.`);
  }
}

/** Throws `target_not_found` if the name now belongs to another target, which the access is not meant for. */
export function assertSameTarget(
  { targetNumber }: Pick<ProviderCredential, "targetNumber">,
  number: string,
  what: string,
): void {
  if (!targetNumber || targetNumber === number) return;
  throw refused(
    "target_not_found",
    `Another ${what} has this name now: it is not the one that the access was added for. Remove the access, and add one for the ${what} that you mean.`,
  );
}
