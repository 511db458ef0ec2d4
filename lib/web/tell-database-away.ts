import { requestContext } from "@/lib/request-context";
import { isUnavailable } from "@/lib/unavailable";
import { databaseAway } from "./error-digest";

/**
 * Awaits a page's query. Marks an unreachable database, so that the error page and the response's status differ from a
 * bug's.
 */
export async function tellDatabaseAway<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    if (!(error instanceof Error && isUnavailable(error))) throw error;
    const request = requestContext();
    if (request) request.databaseAway = true;
    throw Object.assign(error, { digest: databaseAway });
  }
}
