"use client";

import { useActionState } from "react";
import { type FormState, type Refusal, refusalOf } from "@/lib/web/form-state";

type Send<I, T> = (previous: FormState<T>, input: I) => Promise<FormState<T>>;

/** Sends a form's input. `onDone` gets the answer; `failed` is the refusal of the last attempt. */
export function useSubmit<I, T>(send: Send<I, T>, onDone: (data: T) => void) {
  const [failed, submit, pending] = useActionState(
    async (_previous: Refusal | undefined, input: I): Promise<Refusal | undefined> => {
      const answer = await send({ status: "idle" }, input);
      if (answer.status === "done") onDone(answer.data);
      return refusalOf(answer);
    },
    undefined,
  );
  return { failed, submit, pending };
}
