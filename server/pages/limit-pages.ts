import type { IncomingMessage, ServerResponse } from "node:http";
import { writtenHash } from "@/lib/access-tokens/secret";
import { withDatabaseDeadline } from "@/lib/database-deadline";
import { callerAt, enterAs, knownCallers, requests } from "@/lib/limits/callers";
import type { Place } from "@/lib/limits/in-flight";
import { requestContext } from "@/lib/request-context";
import { findSession } from "@/lib/sign-in/sessions";
import { isUnavailable } from "@/lib/unavailable";
import { formRefusals } from "@/lib/web/form-refusals";
import { sessionTokenOf } from "@/lib/web/session-cookie";
import { isOwnFile } from "./own-file";

type Handler = (request: IncomingMessage, response: ServerResponse) => Promise<void>;

/** Limits concurrent pages per person, or per address without a session. Next's own files are not counted. */
export function limitPages(show: Handler): Handler {
  return async (request, response) => {
    if (isOwnFile(request)) return show(request, response);
    await withDatabaseDeadline(async () => {
      const place = requests.place(response);
      try {
        if (await enter(request, place)) await show(request, response);
        else refuse(response);
      } finally {
        place.leave();
      }
    });
  };
}

async function enter(request: IncomingMessage, place: Place): Promise<boolean> {
  const address = callerAt(requestContext()?.address);
  const token = sessionTokenOf(request);
  if (!token) return enterAs(address, place);
  const hash = writtenHash(token);
  const known = knownCallers.userOf(hash);
  if (!(await enterAs(known ?? address, place))) return false;
  const userId = known ?? (await personOf(token));
  if (!userId) return true;
  knownCallers.note(hash, userId);
  return enterAs(userId, place);
}

/** Undefined if the database is unavailable: the page itself reports that. */
async function personOf(token: string): Promise<string | undefined> {
  try {
    return (await findSession(token))?.userId;
  } catch (error) {
    if (isUnavailable(error)) return undefined;
    throw error;
  }
}

/** Next's client shows a form the response's text only with this content type. */
function refuse(response: ServerResponse): void {
  response.writeHead(429, { "content-type": "text/plain", "retry-after": "1" }).end(formRefusals.tooManyAtOnce);
}
