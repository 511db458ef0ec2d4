import { requestContext } from "@/lib/request-context";
import { isUnavailable } from "@/lib/unavailable";
import { databaseAway } from "./error-digest";

/** Awaits a page's query, and marks an error of an unreachable database for the error page and the status. */
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
