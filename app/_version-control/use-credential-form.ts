"use client";

import { useState } from "react";
import { useSubmit } from "@/app/_parts/use-submit";
import type { ErrorCode } from "@/lib/errors";
import { type FormState, refusalOf } from "@/lib/web/form-state";

const fieldOf: Partial<Record<ErrorCode, string>> = {
  provider_url_not_allowed: "providerUrl",
  provider_unreachable: "providerUrl",
  provider_certificate_untrusted: "providerUrl",
  provider_not_recognized: "providerUrl",
  credential_rejected: "token",
  credential_is_personal: "token",
  missing_scope: "token",
  missing_role: "token",
  target_not_found: "targetId",
  registration_disabled: "targetId",
};

/** Moves a provider's refusal to the field that it is about, if the form has that field. */
export function refusalAtField(answer: FormState<void>, fields: readonly string[]): FormState<void> {
  if (answer.status !== "failed" || !answer.code || !answer.message) return answer;
  const field = fieldOf[answer.code];
  if (!field || !fields.includes(field)) return answer;
  return { status: "failed", code: answer.code, fields: { [field]: [answer.message] } };
}

type Action = (previous: FormState<void>, form: FormData) => Promise<FormState<void>>;

/** A form with a credential. `isPersonal` is true after the provider's warning, until another credential is typed. */
export function useCredentialForm(send: Action, fields: readonly string[], onDone: () => void) {
  const [isPersonal, setPersonal] = useState(false);
  const form = useSubmit<FormData, void>(async (previous, form) => {
    const answer = await send(previous, form);
    if (refusalOf(answer)?.code === "credential_is_personal") setPersonal(true);
    return refusalAtField(answer, fields);
  }, onDone);
  return { ...form, isPersonal, onNewCredential: () => setPersonal(false) };
}
