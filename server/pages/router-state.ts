import { parseAndValidateFlightRouterState } from "next/dist/server/app-render/parse-and-validate-flight-router-state.js";

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
