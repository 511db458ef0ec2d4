import { RedirectRefused } from "@/lib/guarded-http/errors";
import type { ProviderCredential } from "./provider-check-input";
import { refused } from "./provider-errors";

/**
 * The number of the target that a redirect of the API names, where it leads to the API's own `/{collection}/{number}`
 * and what is below: GitHub and GitLab send there what asks for something by a name that it no longer has.
 */
export function numberInRedirect(error: unknown, api: string, collection: string): string | undefined {
  if (!(error instanceof RedirectRefused)) return undefined;
  const prefix = `${api}/${collection}/`;
  if (!error.location?.startsWith(prefix)) return undefined;
  return /^([1-9]\d{0,17})(?:[/?]|$)/.exec(error.location.slice(prefix.length))?.[1];
}

/** Runs what asks for the target by its name; a redirect is told as `target_not_found`. */
export async function orMoved<T>(what: string, toEnter: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof RedirectRefused)) throw error;
    throw refused("target_not_found", `The ${what} has moved. Enter ${toEnter}.`);
  }
}

/** Throws `target_not_found` where something else has the name by now: whoever made it is not whom the access is for. */
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
