import { count } from "@/lib/format";
import type { Bounds, Policy } from "@/lib/policies/policy";
import type { Unmet } from "@/lib/policies/queries";
import { sourceInWords } from "@/lib/policies/words";
import { typographic } from "@/lib/web/typographic";

const noticeDays = 7;

/** Tokens are counted up to this number. */
const most = 99;

function amountOf(counted: number, one: string, many: string): string {
  return counted > most ? `${most}+ ${many}` : count(counted, one, many);
}

/** What bounds the longest lifetime from above, and when that counts. */
export function aboutLifetime({ longestLifetime }: Bounds, stored: Policy): string {
  return `Counts from the creation, and from a rotation that sets a new expiration. ${boundInWords(longestLifetime, stored.longestLifetimeDays)}`;
}

function boundInWords({ days, from }: Bounds["longestLifetime"], own: number | null): string {
  const when = own !== null && own > days ? "counts, since it is stricter" : "counts where this is empty";
  return typographic(`${sourceInWords(from)} is ${count(days, "day")}, which ${when}.`);
}

export function aboutAdminRole({ adminRoleRefusedBy: from }: Bounds): string {
  if (from) return typographic(`${sourceInWords(from)} doesn't allow the admin role.`);
  return "Whether new access tokens may have the admin role.";
}

export function aboutUnused({ revokeUnused }: Bounds, stored: Policy): string {
  const notice = `Admins are notified ${noticeDays} days before. A use or a reactivation begins the time anew.`;
  return `${revokeUnused ? boundInWords(revokeUnused, stored.revokeUnusedAfterDays) : "Empty: never."} ${notice}`;
}

/** "7 tokens don’t meet this policy", which the page makes a link to them. */
export function ownInWords({ own }: Unmet): string {
  return `${amountOf(own, "token doesn’t", "tokens don’t")} meet this policy`;
}

/** Where no token of the owner's own is hit. An organization's groups may have some all the same. */
export function noneInWords({ ofGroups }: Unmet): string {
  return `All active tokens${ofGroups > 0 ? " of the organization itself" : ""} meet this policy.`;
}

/** The rest of what a policy would hit, sentence by sentence. */
export function furtherInWords({ own, unused, ofGroups, policy }: Unmet, isSaved: boolean): string[] {
  const days = policy.revokeUnusedAfterDays;
  return [
    unused > 0 &&
      days !== null &&
      `${amountOf(unused, "token was", "tokens were")} not used for ${count(days, "day")}: ${isSaved ? "admins are notified, and a week after that" : "when this is saved, admins are notified, and a week later"} ${unused === 1 ? "it is revoked unless it is" : "they are revoked unless they are"} used.`,
    ofGroups > 0 &&
      `${amountOf(ofGroups, "token of the groups does", "tokens of the groups do")} not meet it${own > 0 ? " either" : ""}.`,
  ].filter((sentence) => sentence !== false);
}
