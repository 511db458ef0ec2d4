import { unstable_rethrow } from "next/navigation";
import { isFormRefusal } from "./form-refusals";
import type { FormState } from "./form-state";

type Action<T> = (previous: FormState<T>, form: FormData) => Promise<FormState<T>>;

/**
 * Browser side: makes the action return a refusal if the server can't be reached or refuses the form, so that typed
 * input stays. The previous state is not sent, since it may contain a secret and no action reads it.
 */
export function reachable<T>(action: Action<T>): Action<T> {
  return async (_previous, form) => {
    try {
      return await action({ status: "idle" }, form);
    } catch (error) {
      // Redirects are thrown as errors too.
      unstable_rethrow(error);
      return { status: "failed", message: reasonOf(error) };
    }
  };
}

function reasonOf(error: unknown): string {
  // The error of fetch for a failed connection.
  if (error instanceof TypeError) return unreachable;
  // Any other error means that the server no longer knows this page's action.
  return error instanceof Error && isFormRefusal(error.message) ? error.message : outdated;
}

const unreachable = "The server could not be reached. Check your connection and try again.";
const outdated =
  "The server has changed since this page was loaded. Keep what you typed, reload the page and try again.";
