import { unstable_rethrow } from "next/navigation";
import type { FormState } from "./form-state";
import { tooManyAtOnce } from "./too-many-at-once";

type Action<T> = (previous: FormState<T>, form: FormData) => Promise<FormState<T>>;

/** For the browser: the action, answering a refusal where the server is not reached, so that what was typed stays. */
export function reachable<T>(action: Action<T>): Action<T> {
  return async (previous, form) => {
    try {
      return await action(previous, form);
    } catch (error) {
      // Redirects travel as errors too.
      unstable_rethrow(error);
      return { status: "failed", message: messageOf(error) };
    }
  };
}

function messageOf(error: unknown): string {
  // What fetch throws for a connection.
  if (error instanceof TypeError) return unreachable;
  // What our server answered instead of Next; anything else is a server that no longer knows this page.
  return error instanceof Error && error.message === tooManyAtOnce ? tooManyAtOnce : outdated;
}

const unreachable = "The server could not be reached. Check your connection and try again.";
const outdated =
  "The server has changed since this page was loaded. Keep what you typed, reload the page and try again.";
