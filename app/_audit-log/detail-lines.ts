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
  ended_by: "Why it ended",
  ended_at: "Ended",
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
  run: "a runner that is gone",
  usr: "somebody who is not in this log",
};

function shown(name: string, value: string, nameOf: NameOf): string | Date {
  const prefix = /^(tok|vca|run|usr)_[0-9a-z]{26}$/.exec(value)?.[1];
  if (prefix) return nameOf(value) ?? nameless[prefix] ?? value;
  if (value === "") return "None";
  if (name === "permission") return permissionWords[value] ?? value;
  if (name === "code") return inWords(value);
  if (name === "format") return formats[value] ?? value;
  if (name.endsWith("token_suffix")) return `…${value}`;
  if (name === "old_secret_ends") return oldSecretEnds[value] ?? value;
  if (name === "ended_by") return secretEnds[value] ?? value;
  const date = new Date(value);
  return instant.test(value) && !Number.isNaN(date.getTime()) ? date : value;
}

const instant = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?Z$/;

function inWords(name: string): string {
  const words = name.replaceAll("_", " ");
  return words.charAt(0).toUpperCase() + words.slice(1);
}
