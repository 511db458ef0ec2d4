import { useActionState, useState } from "react";
import type { FormState } from "@/lib/web/form-state";
import { refusalAtField } from "./refusal-at-field";

type Action = (previous: FormState<void>, form: FormData) => Promise<FormState<void>>;

/** A form with a credential in it. `isPersonal` from the provider's warning until another credential is typed. */
export function useCredentialForm(send: Action, fields: readonly string[], onDone: () => void) {
  const [isPersonal, setPersonal] = useState(false);
  const [answer, submit, pending] = useActionState(
    async (previous: FormState<void>, form: FormData): Promise<FormState<void>> => {
      const next = await send(previous, form);
      if (next.status === "done") onDone();
      if (next.status === "failed" && next.code === "credential_is_personal") setPersonal(true);
      return refusalAtField(next, fields);
    },
    { status: "idle" },
  );
  const failed = answer.status === "failed" ? answer : undefined;
  return { failed, submit, pending, isPersonal, onNewCredential: () => setPersonal(false) };
}
