import type { ErrorCode } from "@/lib/errors";

/** State of a form: not submitted, the command's result, or a refusal of the whole form or of fields. */
export type FormState<T> =
  | { status: "idle" }
  | { status: "done"; data: T }
  | { status: "failed"; message?: string; fields?: Record<string, string[] | undefined>; code?: ErrorCode };

export type Refusal = Extract<FormState<never>, { status: "failed" }>;

export function refusalOf(answer: FormState<unknown>): Refusal | undefined {
  return answer.status === "failed" ? answer : undefined;
}

/** For an action without a form, such as a menu item. */
export function toForm(fields: Record<string, string>): FormData {
  const form = new FormData();
  for (const [name, value] of Object.entries(fields)) form.set(name, value);
  return form;
}
