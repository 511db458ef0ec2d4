import type { ProviderType, TokenScope } from "@/db/enums";
import { versionControlAccesses } from "@/db/schema";
import type { Place } from "@/lib/crypto/seal";

/** A stored access as it may be shown: all but the credential. `check.code` and `message` are null where it went well. */
export type VersionControlAccess = {
  id: string;
  providerType: ProviderType;
  providerUrl: string;
  tokenScope: TokenScope;
  targetId: string;
  tokenSuffix: string;
  check: { status: "ok" | "failed"; code: string | null; message: string | null; checkedAt: Date };
  tokenExpiresAt: Date | null;
  createdAt: Date;
};

// Columns are listed, never starred: sealed_token must not leave this folder.
export const accessColumns = {
  id: versionControlAccesses.id,
  providerType: versionControlAccesses.providerType,
  providerUrl: versionControlAccesses.providerUrl,
  tokenScope: versionControlAccesses.tokenScope,
  targetId: versionControlAccesses.targetId,
  tokenSuffix: versionControlAccesses.tokenSuffix,
  checkCode: versionControlAccesses.checkCode,
  checkMessage: versionControlAccesses.checkMessage,
  checkedAt: versionControlAccesses.checkedAt,
  tokenExpiresAt: versionControlAccesses.tokenExpiresAt,
  createdAt: versionControlAccesses.createdAt,
};

type Row = Omit<VersionControlAccess, "check"> & {
  checkCode: string | null;
  checkMessage: string | null;
  checkedAt: Date;
};

export function accessOf({ checkCode: code, checkMessage: message, checkedAt, ...access }: Row): VersionControlAccess {
  return { ...access, check: { status: code ? "failed" : "ok", code, message, checkedAt } };
}

/** Where an access's credential is sealed. */
export function tokenPlace(access: { id: string; organizationId: string }): Place {
  return {
    organizationId: access.organizationId,
    table: "version_control_accesses",
    column: "sealed_token",
    rowId: access.id,
  };
}
