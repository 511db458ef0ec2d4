import { unstable_rethrow } from "next/navigation";
import { isFormRefusal } from "./form-refusals";
import type { FormState } from "./form-state";

type Action<T> = (previous: FormState<T>, form: FormData) => Promise<FormState<T>>;

/**
 * For the browser: the action, answering a refusal where the server is not reached, or refuses the form unread, so that
 * what was typed stays. No action looks at its earlier answer, which may hold a secret: it isn't sent.
 */
export function reachable<T>(action: Action<T>): Action<T> {
  return async (_previous, form) => {
    try {
      return await action({ status: "idle" }, form);
    } catch (error) {
      // Redirects travel as errors too.
      unstable_rethrow(error);
      return { status: "failed", message: reasonOf(error) };
    }
  };
}

function reasonOf(error: unknown): string {
  // What fetch throws for a connection.
  if (error instanceof TypeError) return unreachable;
  // Anything else is a server that no longer knows this page.
  return error instanceof Error && isFormRefusal(error.message) ? error.message : outdated;
}

const unreachable = "The server could not be reached. Check your connection and try again.";
const outdated =
  "The server has changed since this page was loaded. Keep what you typed, reload the page and try again.";
