import { useActionState } from "react";
import type { TokenPlace } from "@/app/version-control/place";
import type { FormState } from "@/lib/web/form-state";
import { reachable } from "@/lib/web/reachable";
import { setVariableAction } from "./actions";
import { toJsonForm } from "./json-form";

const setVariable = reachable(setVariableAction);

/** `expected`: the revision that is replaced; null where there is none. */
type Input = TokenPlace & { name: string; value: string; expected: string | null };

export function useSetVariable(onDone: () => void) {
  const [answer, submit, pending] = useActionState(
    async (_previous: FormState<void>, input: Input): Promise<FormState<void>> => {
      const next = await setVariable({ status: "idle" }, toJsonForm(input));
      if (next.status === "done") onDone();
      return next;
    },
    { status: "idle" },
  );
  return { failed: answer.status === "failed" ? answer : undefined, submit, pending };
}
