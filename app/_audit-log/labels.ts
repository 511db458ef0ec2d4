import { roleLabels } from "@/app/_parts/role-labels";
import type { AuditChannel } from "@/db/enums";
import type { AuditAction } from "@/lib/audit/actions";

const labels: Record<AuditAction, string> = {
  "organization.created": "Created organization",
  "group.created": "Created group",
  "group.renamed": "Renamed group",
  "group.deleted": "Deleted group",
  "invitation.created": "Invited person",
  "invitation.revoked": "Withdrew invitation",
  "invitation.accepted": "Accepted invitation",
  "attempt.denied": "Was denied",
  "sign_in.succeeded": "Signed in",
  "sign_in.signed_out": "Signed out",
  "sign_in.failed": "Failed to sign in",
  "account.linked": "Linked account of identity provider",
  "account.password_changed": "Changed password",
  "sealed_value.refused": "Met a stored value that does not open",
  "access_token.refused": "Used access token that is no longer good",
  "audit_log.exported": "Exported audit log",
  "access_token.created": "Created access token",
  "access_token.renamed": "Renamed access token",
  "access_token.description_changed": "Changed description of access token",
  "access_token.revoked": "Revoked access token",
  "access_token.reactivated": "Reactivated access token",
  "access_token.deleted": "Deleted access token",
  "access_token.rotated": "Rotated access token",
  "access_token.secret_first_used": "Used new secret for the first time",
  "access_token.secret_retired": "Ended old secret",
  "access_token.rotation_cancelled": "Kept old secret",
  "access_token.retired_secret_used": "Used retired secret",
  "access_token.leaked": "Revoked access token as leaked",
  "access_token.secret_deleted": "Deleted secret",
  "trusted_pipeline.added": "Added trusted pipeline",
  "trusted_pipeline.removed": "Removed trusted pipeline",
  "trusted_pipeline.exchanged": "Exchanged ID token of pipeline",
  "trusted_pipeline.refused": "Refused ID token of pipeline",
  "trusted_pipeline.secret_leaked": "Ended pipeline secret as leaked",
  "version_control_access.added": "Added version control access",
  "version_control_access.token_replaced": "Replaced token of version control access",
  "version_control_access.changed": "Changed version control access",
  "version_control_access.removed": "Removed version control access",
  "runner.registered": "Registered runner",
  "runner.registration_refused": "Was refused a runner",
  "runner.unregistered": "Unregistered runner",
  "environment_variable.added": "Added environment variable",
  "environment_variable.replaced": "Replaced environment variable",
  "environment_variable.removed": "Removed environment variable",
  "environment_variable.imported": "Imported environment variables",
  "session_context.read": "Read session context",
  "member.added": "Added member",
  "member.role_changed": "Changed role of member",
  "member.removed": "Removed member",
  "policy.changed": "Changed policy",
  "calendar.created": "Created calendar link",
  "calendar.revoked": "Revoked calendar link",
  "notifications.changed": "Changed notifications",
  "webhook.added": "Added webhook",
  "webhook.removed": "Removed webhook",
  "webhook.resumed": "Resumed webhook",
  "webhook.paused": "Paused webhook",
  "webhook.tested": "Sent test message to webhook",
};

/** By action. Actions of older or newer versions have no label. */
export const actionLabels: Record<string, string | undefined> = labels;

const sameRefusal = "Stands for all such refusals from this network in ten minutes.";

/** Of events that stand for many: for how many. */
export const actionNotes: Record<string, string | undefined> = {
  "session_context.read": "Stands for all readings by this token from this network in five minutes.",
  "attempt.denied": sameRefusal,
  "sign_in.failed": sameRefusal,
  "access_token.refused": sameRefusal,
  "access_token.retired_secret_used": sameRefusal,
  "runner.registration_refused": sameRefusal,
  "sealed_value.refused": "Stands for all attempts to open this value in a day.",
} satisfies Partial<Record<AuditAction, string>>;

export const channelLabels: Record<AuditChannel, string> = { page: "Web page", api: "API", system: "System" };

const roles: Record<string, string | undefined> = roleLabels;

export function roleLabel(role: string): string {
  return roles[role] ?? role;
}
