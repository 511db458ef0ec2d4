import { count } from "@/lib/format";
import type { LongestLifetime, PolicySource } from "@/lib/policies/policy";
import { sourceInWords } from "@/lib/policies/words";
import { typographic } from "@/lib/web/typographic";

/** Why later dates are not offered. */
export function longestInWords({ days, from }: LongestLifetime): string {
  return typographic(`${sourceInWords(from)} is ${count(days, "day")}.`);
}

/** Why a rotation may not let a token with the admin role live longer. */
export function noExtension(from: PolicySource): string {
  return typographic(`${sourceInWords(from)} doesn't allow the admin role, so this token can't be extended.`);
}

/** Why the admin role is not offered. */
export function noAdminRole(from: PolicySource): string {
  return typographic(`${sourceInWords(from)} doesn't allow the admin role.`);
}
