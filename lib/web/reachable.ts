import { unstable_rethrow } from "next/navigation";
import type { FormState } from "./form-state";

type Action<T> = (previous: FormState<T>, form: FormData) => Promise<FormState<T>>;

/** For the browser: the action, answering a refusal where the server is not reached, so that what was typed stays. */
export function reachable<T>(action: Action<T>): Action<T> {
  return async (previous, form) => {
    try {
      return await action(previous, form);
    } catch (error) {
      // Redirects travel as errors too.
      unstable_rethrow(error);
      return { status: "failed", message: "The server could not be reached. Check your connection and try again." };
    }
  };
}
