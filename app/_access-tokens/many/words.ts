import type { ChangePlan } from "@/lib/access-token-list/change-plan";
import type { ChangeOfMany, Obstacle } from "@/lib/access-tokens/change-many";
import { count, relativeTime } from "@/lib/format";
import { settingsRemoved } from "../changes/words";

export const buttonLabels: Record<ChangeOfMany, { label: string; pending: string }> = {
  revoke: { label: "Revoke", pending: "Revoking…" },
  reactivate: { label: "Reactivate", pending: "Reactivating…" },
  delete: { label: "Delete", pending: "Deleting…" },
};

const participles: Record<ChangeOfMany, string> = { revoke: "revoked", reactivate: "reactivated", delete: "deleted" };

const tokensInWords = (amount: number) => count(amount, "access token");

/** "12 access tokens were revoked." */
export function doneInWords(change: ChangeOfMany, amount: number): string {
  return `${tokensInWords(amount)} ${amount === 1 ? "was" : "were"} ${participles[change]}.`;
}

/** What the change does, sentence by sentence. Zero counts are left out. */
export function consequencesInWords(change: ChangeOfMany, plan: ChangePlan): string[] {
  const amount = plan.tokens.length;
  const [be, it, its, expire] = amount === 1 ? ["is", "it", "its", "expires"] : ["are", "them", "their", "expire"];
  const subject = amount === 1 ? "it" : "they";
  const begins = `${tokensInWords(amount)} ${be} ${participles[change]}`;
  if (change === "reactivate") {
    return [`${begins}. Whoever has ${its} ${amount === 1 ? "secret" : "secrets"} can use the API again.`];
  }
  if (change === "revoke") {
    return [
      `${begins}. ${refusedInWords(plan)}`,
      lastUseInWords(plan),
      ...unregistered(plan, true),
      `You can reactivate ${it} until ${subject} ${expire}.`,
    ];
  }
  return [
    `${begins} with ${its} settings. ${refusedInWords(plan)}`,
    lastUseInWords(plan),
    ...unregistered(plan),
    ...settingsRemoved(plan),
    permanent,
  ];
}

/** What stops working. A token that is not active is refused already. */
function refusedInWords({ tokens, active }: ChangePlan): string {
  if (active === 0) return tokens.length === 1 ? "It is refused already." : "They are refused already.";
  const it = active === 1 ? "it" : "them";
  if (active === tokens.length) return `Scripts, CI pipelines and runners that use ${it} ${fromNowOn}`;
  return `${active.toLocaleString("en")} of them ${active === 1 ? "is" : "are"} active: scripts, CI pipelines and runners that use ${it} ${fromNowOn}`;
}

const fromNowOn = "are refused from now on.";

function lastUseInWords({ tokens, lastUsedAt, now }: ChangePlan): string {
  const isOne = tokens.length === 1;
  if (!lastUsedAt) return isOne ? "It was never used." : "None of them was ever used.";
  return `${isOne ? "It was" : "One of them was"} last used ${relativeTime(lastUsedAt, now)}.`;
}

const permanent = "This is permanent and can’t be undone.";

function unregistered({ runners }: ChangePlan, canBeReactivated = false): string[] {
  if (runners === 0) return [];
  const [be, it] = runners === 1 ? ["is", "it"] : ["are", "them"];
  const rest = canBeReactivated ? `; reactivating does not bring ${it} back` : "";
  return [`${count(runners, "runner")} ${be} unregistered${rest}.`];
}

/** Why the change does not apply, as the end of a sentence that begins with the token's name. */
export function obstacleInWords(change: ChangeOfMany, obstacle: Obstacle): string {
  if (obstacle === "itself") return "can’t reactivate itself";
  if (obstacle === "leaked") return "was reported as leaked: it can only be rotated or deleted";
  if (obstacle === "expired") return change === "revoke" ? "has expired, so it is refused already" : "has expired";
  return `is ${obstacle} already`;
}
