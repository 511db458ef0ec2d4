import type { ErrorCode } from "@/lib/errors";
import type { FormState } from "@/lib/web/form-state";

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

/** Puts a provider's refusal to the field that it is about, where the form has that field. */
export function refusalAtField(answer: FormState<void>, fields: readonly string[]): FormState<void> {
  if (answer.status !== "failed" || !answer.code || !answer.message) return answer;
  const field = fieldOf[answer.code];
  if (!field || !fields.includes(field)) return answer;
  return { status: "failed", code: answer.code, fields: { [field]: [answer.message] } };
}
