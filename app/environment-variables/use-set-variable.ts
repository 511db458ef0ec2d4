import { useActionState } from "react";
import type { TokenPlace } from "@/app/access-tokens/token-place";
import { limits, valueTooLong } from "@/lib/environment-variables/limits";
import type { FormState } from "@/lib/web/form-state";
import { reachable } from "@/lib/web/reachable";
import { setVariableAction } from "./actions";
import { bytesOf } from "./bytes";
import { toJsonForm } from "./json-form";

const setVariable = reachable(setVariableAction);

/** `expected`: the revision that is replaced; null where there is none. */
type Input = TokenPlace & { name: string; value: string; expected: string | null };

export function useSetVariable(onDone: () => void) {
  const [answer, submit, pending] = useActionState(
    async (_previous: FormState<void>, input: Input): Promise<FormState<void>> => {
      // As the server would say of a text that is within the bound of a form.
      if (bytesOf(input.value) > limits.valueBytes) return { status: "failed", fields: { value: [valueTooLong] } };
      const next = await setVariable({ status: "idle" }, toJsonForm(input));
      if (next.status === "done") onDone();
      return next;
    },
    { status: "idle" },
  );
  return { failed: answer.status === "failed" ? answer : undefined, submit, pending };
}
