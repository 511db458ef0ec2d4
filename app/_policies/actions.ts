"use server";

import { refresh } from "next/cache";
import { z } from "zod";
import { scopeFields, scopeOf } from "@/app/_parts/scope";
import { policyInput } from "@/lib/policies/policy";
import { tokensThatDontMeet } from "@/lib/policies/queries";
import { savePolicy } from "@/lib/policies/save";
import { formAction } from "@/lib/web/form-action";
import { checkbox, jsonField } from "@/lib/web/form-fields";

/** An empty field demands nothing. Any other text than digits is no number of days, and policyInput bounds numbers. */
const days = z.string().transform((text) => {
  const trimmed = text.trim();
  if (trimmed === "") return null;
  return /^\d{1,12}$/.test(trimmed) ? Number(trimmed) : Number.NaN;
});

const policyFields = z
  .object({ longestLifetimeDays: days, allowsAdminRole: checkbox, revokeUnusedAfterDays: days })
  .pipe(policyInput);

/** Counts what the policy would hit, and saves nothing. */
export const previewPolicyAction = formAction(policyFields.and(scopeFields), (actor, input) =>
  tokensThatDontMeet(actor, scopeOf(input), pick(input)),
);

/** `shown` is the policy that the page was rendered with. */
export const savePolicyAction = formAction(
  policyFields.and(scopeFields).and(z.object({ shown: jsonField(policyInput) })),
  async (actor, input) => {
    await savePolicy(actor, scopeOf(input), pick(input), input.shown);
    refresh();
  },
);

function pick({ longestLifetimeDays, allowsAdminRole, revokeUnusedAfterDays }: z.output<typeof policyInput>) {
  return { longestLifetimeDays, allowsAdminRole, revokeUnusedAfterDays };
}
