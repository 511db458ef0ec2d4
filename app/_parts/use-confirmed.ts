import { useState, useTransition } from "react";
import type { FormState } from "@/lib/web/form-state";

type Action<T> = (previous: FormState<T>, form: FormData) => Promise<FormState<T>>;

/** What a ConfirmDialog does once it is confirmed: it waits for the action, and ends, or tells why it was refused. */
export function useConfirmed<T>(action: Action<T>, onDone: () => void) {
  const [error, setError] = useState<string>();
  const [pending, startTransition] = useTransition();

  function confirm(form: FormData) {
    startTransition(async () => {
      const answer = await action({ status: "idle" }, form);
      if (answer.status === "failed") setError(answer.message);
      else onDone();
    });
  }

  return { error, pending, confirm, forgetError: () => setError(undefined) };
}
