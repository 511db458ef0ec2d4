import { requestContext } from "@/lib/request-context";
import { isUnavailable } from "@/lib/unavailable";
import { databaseAway } from "./error-digest";

/** What a page awaits, with an error that the error page, and the status of the answer, can tell a bug from. */
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
