import { parseAndValidateFlightRouterState } from "next/dist/server/app-render/parse-and-validate-flight-router-state.js";

/** Three times as many as the longest of our addresses needs: two for each of its parts, and one for what varies. */
const mostBrackets = 100;

/**
 * Whether Next can read what its router in the browser says of the page that is shown. Next answers 500 to what it can't
 * read, and takes the square of the depth in time, for anybody: 9 kB of nested parts took 0.4 s.
 */
export function isSoundRouterState(header: string | string[] | undefined): boolean {
  if (header === undefined) return true;
  try {
    const text = decodeURIComponent(String(header));
    if (text.length - text.replace(/[[{]/g, "").length > mostBrackets) return false;
    return parseAndValidateFlightRouterState(header) !== undefined;
  } catch {
    return false;
  }
}
