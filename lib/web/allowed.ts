import { requestContext } from "@/lib/request-context";

/** The result of a query of `visible`, or undefined where Next's 403 page would follow. The page then shows why. */
export async function allowed<T>(work: Promise<T>): Promise<T | undefined> {
  try {
    return await work;
  } catch (error) {
    if (error instanceof Error && "digest" in error && error.digest === nextForbidden) return undefined;
    throw error;
  }
}

/** What Next's `forbidden()` throws. */
const nextForbidden = "NEXT_HTTP_ERROR_FALLBACK;403";

/** Makes our server answer the page with 403: Next has no way to set a page's status. */
export function answerForbidden(): void {
  const request = requestContext();
  if (request) request.isForbidden = true;
}
