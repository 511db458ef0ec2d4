import { refInWords } from "@/app/_trusted-pipelines/words";
import type { SecretEnd } from "@/db/enums";
import type { Permission } from "@/lib/auth/authorize";
import { roleLabel } from "./labels";

/** `value` is the text, or an instant. */
export type DetailLine = { label: string; value: string | Date };

export type NameOf = (id: string) => string | undefined;
type Detail = Record<string, string | null>;

/**
 * An event's details as labels and values. Unknown details keep their own names. Altered rows in the database may hold
 * any value, so values are shown as text. `nameOf` names what an id stands for.
 */
export function detailLines(detail: Detail, nameOf: NameOf = () => undefined): DetailLine[] {
  const { role, previous_role: previousRole, ...others } = detail;
  const roles = [previousRole, role].flatMap((each) => (each ? [roleLabel(String(each))] : []));
  return [
    ...(roles.length > 0 ? [{ label: "Role", value: roles.join(" → ") }] : []),
    ...Object.entries(others).flatMap(([name, value]) =>
      value === null || (value === "" && name !== "description")
        ? []
        : [{ label: labels[name] ?? inWords(name), value: shown(name, String(value), nameOf) }],
    ),
  ];
}

const labels: Record<string, string | undefined> = {
  expires_at: "Expires",
  longest_lifetime_days: "Longest lifetime (days)",
  previous_longest_lifetime_days: "Longest lifetime before",
  admin_role: "Admin role",
  previous_admin_role: "Admin role before",
  revoke_unused_after_days: "Revoke tokens not used for (days)",
  previous_revoke_unused_after_days: "Revoke tokens not used for, before",
  provider_url: "Provider URL",
  target_id: "Project/Group ID",
  allowed_tags: "Allowed Tags",
  run_untagged: "Run untagged jobs",
  permission: "Attempt",
  code: "Reason",
  further_not_recorded_until: "Further ones are not recorded until",
  email: "E-mail",
  row_id: "Stored with",
  token_suffix: "Secret",
  old_token_suffix: "Old secret",
  discarded_token_suffix: "Discarded secret",
  old_secret_ends_at: "Old secret ends at the latest",
  previous_expires_at: "Expired before",
  previous_status: "Status before",
  leaked_at: "Was reported as leaked",
  ended_by: "Why it ended",
  ended_at: "Ended",
  email_to_admins: "E-mail to admins",
  failing_since: "Fails since",
  project_id: "Project ID",
  owner_id: "Owner ID",
  protected_only: "Protected branches and tags only",
  merge_requests: "Also merge/pull requests",
  lifetime_minutes: "Lifetime",
  public_keys: "Pasted public keys",
  claims: "Claims that differ",
};

const permissions: Record<Permission, string> = {
  "group:read": "see the group",
  "organization:read": "see the organization",
  "groups:manage": "manage groups",
  "members:manage": "manage members",
  "access-tokens:read": "see access tokens",
  "access-tokens:create": "create an access token",
  "access-tokens:manage": "change an access token",
  "access-tokens:rotate": "rotate an access token",
  "audit:read": "see or export the audit log",
  "settings:manage": "see or change the settings",
  "trusted-pipelines:manage": "add or remove a trusted pipeline",
};
const permissionWords: Record<string, string | undefined> = permissions;
const formats: Record<string, string | undefined> = { csv: "CSV", jsonl: "JSON Lines" };

const oldSecretEnds: Record<string, string | undefined> = {
  on_first_use: "An hour after the new one is first used",
  at_date: "At a date",
  now: "Now",
};
const secretEndWords: Record<SecretEnd, string> = {
  use: "The new secret was in use, or 30 days had passed",
  date: "Its date had come",
  hand: "Somebody ended or replaced it",
  lifetime: "Its lifetime was over",
};
const secretEnds: Record<string, string | undefined> = secretEndWords;

/** What an id stands for, if nothing is known about it. */
const nameless: Record<string, string> = {
  tok: "an access token that is gone",
  vca: "a version control access that is gone",
  tpl: "a trusted pipeline that is gone",
  run: "a runner that is gone",
  usr: "somebody who is not in this log",
};

function shown(name: string, value: string, nameOf: NameOf): string | Date {
  const prefix = /^(tok|vca|tpl|run|usr)_[0-9a-z]{26}$/.exec(value)?.[1];
  if (prefix) return nameOf(value) ?? nameless[prefix] ?? value;
  if (value === "") return "None";
  if (name === "permission") return permissionWords[value] ?? value;
  if (name === "code" || policyDetails.test(name)) return inWords(value);
  if (name === "ref") return refInWords(value);
  if (name === "lifetime_minutes") return `${value} minutes`;
  if (name === "format") return formats[value] ?? value;
  if (name.endsWith("token_suffix")) return `…${value}`;
  if (name === "old_secret_ends") return oldSecretEnds[value] ?? value;
  if (name === "ended_by") return secretEnds[value] ?? value;
  const date = new Date(value);
  return instant.test(value) && !Number.isNaN(date.getTime()) ? date : value;
}

const policyDetails = /(longest_lifetime_days|admin_role|revoke_unused_after_days)$/;
const instant = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?Z$/;

function inWords(name: string): string {
  const words = name.replaceAll("_", " ");
  return words.charAt(0).toUpperCase() + words.slice(1);
}
