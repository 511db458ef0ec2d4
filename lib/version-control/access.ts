import type { ProviderType, TokenScope } from "@/db/enums";
import { revisionOf } from "@/db/revision";
import { versionControlAccesses } from "@/db/schema";
import type { SealedAt } from "@/lib/crypto/seal";
import { assertRevision, type ExpectedRevisions } from "@/lib/errors";
import type { RunnerSettings } from "./providers/runner-settings";

/** A stored access without its credential. `check.code` and `message` are null if the last check succeeded. */
export type VersionControlAccess = {
  id: string;
  providerType: ProviderType;
  providerUrl: string;
  tokenScope: TokenScope;
  targetId: string;
  tokenSuffix: string;
  allowedTags: string[];
  runUntagged: boolean;
  check: { status: "ok" | "failed"; code: string | null; message: string | null; checkedAt: Date };
  tokenExpiresAt: Date | null;
  createdAt: Date;
  /** Changes with the credential and with the runner settings, not with a check. */
  revision: string;
};

// Listed one by one: sealed_token must not leave this folder.
export const accessColumns = {
  id: versionControlAccesses.id,
  providerType: versionControlAccesses.providerType,
  providerUrl: versionControlAccesses.providerUrl,
  tokenScope: versionControlAccesses.tokenScope,
  targetId: versionControlAccesses.targetId,
  tokenSuffix: versionControlAccesses.tokenSuffix,
  allowedTags: versionControlAccesses.allowedTags,
  runUntagged: versionControlAccesses.runUntagged,
  checkCode: versionControlAccesses.checkCode,
  checkMessage: versionControlAccesses.checkMessage,
  checkedAt: versionControlAccesses.checkedAt,
  tokenExpiresAt: versionControlAccesses.tokenExpiresAt,
  createdAt: versionControlAccesses.createdAt,
  revision: revisionOf(versionControlAccesses),
};

type Row = Omit<VersionControlAccess, "check"> & {
  checkCode: string | null;
  checkMessage: string | null;
  checkedAt: Date;
};

export function accessOf({ checkCode: code, checkMessage: message, checkedAt, ...access }: Row): VersionControlAccess {
  return { ...access, check: { status: code ? "failed" : "ok", code, message, checkedAt } };
}

/** Throws `precondition_failed`. */
export function assertAccessRevision(access: { revision: string }, expected: ExpectedRevisions): void {
  assertRevision("this version control access", access, expected);
}

/** An access's settings as an event's detail. `allowed_tags` is null if any tag is allowed. */
export function settingsDetail({ allowedTags, runUntagged }: RunnerSettings): Record<string, string | null> {
  return { allowed_tags: allowedTags.join(", ") || null, run_untagged: runUntagged ? "yes" : "no" };
}

/** The place for which an access's credential is sealed. */
export function credentialSealedAt(access: { id: string; organizationId: string }): SealedAt {
  return {
    organizationId: access.organizationId,
    table: "version_control_accesses",
    column: "sealed_token",
    rowId: access.id,
  };
}
