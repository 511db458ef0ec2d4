import type { Status } from "@/lib/access-tokens/access-token";
import { count, relativeTime } from "@/lib/format";
import type { Change } from "./change";
import type { ShownConsequences } from "./consequences";

const refusedFromNowOn = "Scripts, CI pipelines and runners that use it are refused from now on";

/** What the change means for what uses the token. A token that is not active is refused already. */
export function consequenceOf(change: Change, status: Status): string {
  if (change === "reactivate") return "Whoever has its secret can use the API again.";
  if (change === "revoke") return status === "active" ? `${refusedFromNowOn}.` : "It is refused already.";
  if (status === "active") return `${refusedFromNowOn}, and its settings are removed.`;
  return "It is refused already; its settings are removed.";
}

export function undoOf(change: Change): string {
  if (change === "delete") return "This is permanent and can’t be undone.";
  if (change === "revoke") return "You can reactivate the token until it expires.";
  return "You can revoke the token again at any time.";
}

/** The last use, and what the change removes. Zero counts are left out. */
export function factsInWords(
  change: Change,
  { lastUsedAt, lastUsedFrom, now, secrets, ...counts }: ShownConsequences,
): string[] {
  if (change === "reactivate") return [];
  const from = lastUsedFrom ? ` from ${lastUsedFrom}` : "";
  const used = lastUsedAt
    ? `Last used ${relativeTime(new Date(lastUsedAt), new Date(now))}${from}.`
    : "It was never used.";
  return [
    used,
    ...bothSecrets(change, secrets),
    change === "revoke" ? unregistered(counts.runners, true) : removed(counts),
  ].flat();
}

/** While a rotation is pending. */
function bothSecrets(change: Change, secrets: readonly string[]): string[] {
  if (secrets.length < 2) return [];
  const said = `This applies to both of its secrets, ${secrets.map((suffix) => `…${suffix}`).join(" and ")}`;
  return [change === "revoke" ? `${said}; reactivating brings the old one back only until its own end.` : `${said}.`];
}

function unregistered(runners: number, canBeReactivated = false): string[] {
  if (runners === 0) return [];
  const said = `${count(runners, "runner")} ${runners === 1 ? "is" : "are"} unregistered`;
  if (!canBeReactivated) return [`${said}.`];
  return [`${said}; reactivating does not bring ${runners === 1 ? "it" : "them"} back.`];
}

function removed({ runners, ...settings }: Pick<ShownConsequences, "runners"> & Settings) {
  return [...unregistered(runners), ...settingsRemoved(settings)];
}

type Settings = Pick<ShownConsequences, "accesses" | "variables" | "pipelines">;

/** The settings that go with one or more tokens. Zero counts are left out. */
export function settingsRemoved({ accesses, variables, pipelines }: Settings): string[] {
  const parts = [
    ...(accesses > 0 ? [count(accesses, "version control access", "version control accesses")] : []),
    ...(variables > 0 ? [count(variables, "environment variable")] : []),
    ...(pipelines > 0 ? [count(pipelines, "trusted pipeline")] : []),
  ];
  if (parts.length === 0) return [];
  return [`${list.format(parts)} ${accesses + variables + pipelines === 1 ? "is" : "are"} removed.`];
}

const list = new Intl.ListFormat("en-GB");
