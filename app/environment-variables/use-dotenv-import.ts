import { useActionState, useState } from "react";
import type { TokenPlace } from "@/app/access-tokens/token-place";
import type { Plan } from "@/lib/environment-variables/dotenv-import";
import { dotenvLength, dotenvTooLong } from "@/lib/environment-variables/limits";
import type { FormState } from "@/lib/web/form-state";
import { reachable } from "@/lib/web/reachable";
import { applyDotenvAction, planDotenvAction } from "./actions";
import { toJsonForm } from "./json-form";

const planDotenv = reachable(planDotenvAction);
const applyDotenv = reachable(applyDotenvAction);

type Failed = Extract<FormState<void>, { status: "failed" }>;
/** What was answered to which text; a plan is gone once it was tried, for then it may no longer be true. */
type Answer = { text?: string; plan?: Plan; failed?: Failed };
type Request = { text: string; confirmed?: { plan: Plan; leaveOutRefused: boolean } };

/** A text, what the server says it would do, and doing so. Nothing is said of a text that has been edited since. */
export function useDotenvImport(place: TokenPlace, onDone: () => void) {
  const [text, setText] = useState("");
  const [answer, send, pending] = useActionState(async (_previous: Answer, request: Request): Promise<Answer> => {
    const next = await answerTo(place, request);
    if (next.status === "done" && !next.data) onDone();
    return {
      text: request.text,
      plan: next.status === "done" ? next.data : undefined,
      failed: next.status === "failed" ? aboutAll(next) : undefined,
    };
  }, {});
  const { plan, failed } = answer.text === text ? answer : {};
  return {
    setText,
    plan,
    failed,
    pending,
    preview: () => send({ text }),
    confirm: (confirmed: Request["confirmed"]) => send({ text, confirmed }),
  };
}

async function answerTo(place: TokenPlace, { text, confirmed }: Request): Promise<FormState<Plan | undefined>> {
  // As the server would say of a text that is within the bound of a form.
  if (text.length > dotenvLength) return { status: "failed", fields: { text: [dotenvTooLong] } };
  if (!confirmed) return planDotenv({ status: "idle" }, toJsonForm({ ...place, text }));
  const { plan, leaveOutRefused } = confirmed;
  const expected = plan.lines.flatMap((line) => (line.kind === "refused" ? [] : [[line.name, line.expected]]));
  const form = toJsonForm({ ...place, text, expected, leaveOutRefused });
  const answer = await applyDotenv({ status: "idle" }, form);
  return answer.status === "done" ? { status: "done", data: undefined } : answer;
}

/** A conflict is about a variable, for which this form has no field. */
function aboutAll(failed: Failed): Failed {
  if (failed.code !== "conflict") return failed;
  const message = failed.message ?? failed.fields?.name?.join(" ");
  return { ...failed, message: `${message} “Preview” shows what the text does now.` };
}
