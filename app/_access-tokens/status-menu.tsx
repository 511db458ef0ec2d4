"use client";

import { useState, useTransition } from "react";
import type { ScopeFields } from "@/app/_parts/paths";
import { ConfirmDialog } from "@/components/ui/confirm-dialog";
import { Menu, MenuItem } from "@/components/ui/menu";
import { StatusButton } from "@/components/ui/status";
import { useFocusHandover } from "@/components/ui/use-focus";
import type { Status } from "@/lib/access-tokens/access-token";
import { toForm } from "@/lib/web/form-state";
import { reachable } from "@/lib/web/reachable";
import { changeAccessTokenAction } from "./actions";
import type { Change } from "./change";
import { statusLooks } from "./status-looks";

type ChangeDialogProps = {
  change: Change;
  tokenName: string;
  error?: string;
  pending: boolean;
  onCancel: () => void;
  onConfirm: () => void;
};

const words: Record<Change, { title: string; pending: string; consequence: string; undo: string }> = {
  revoke: {
    title: "Revoke Token",
    pending: "Revoking…",
    consequence: "Scripts, CI pipelines and runners that use it are refused from now on.",
    undo: "You can reactivate the token until it expires.",
  },
  reactivate: {
    title: "Reactivate Token",
    pending: "Reactivating…",
    consequence: "Whoever has its secret can use the API again.",
    undo: "You can revoke the token again at any time.",
  },
  delete: {
    title: "Delete Token",
    pending: "Deleting…",
    consequence: "Scripts, CI pipelines and runners that use it are refused from now on, and its settings are removed.",
    undo: "This is permanent and can’t be undone.",
  },
};

/** Says what will stop working and whether it can be undone, and names the token that it is about. */
function ChangeDialog({ change, tokenName, error, pending, onCancel, onConfirm }: ChangeDialogProps) {
  const { title, pending: pendingLabel, consequence, undo } = words[change];
  return (
    <ConfirmDialog
      open
      onOpenChange={(next) => !next && onCancel()}
      title={title}
      confirmLabel={title}
      pendingLabel={pendingLabel}
      pending={pending}
      error={error}
      onConfirm={onConfirm}
    >
      <p>
        <strong className="font-semibold wrap-anywhere text-text">{tokenName}</strong>
      </p>
      <p>{consequence}</p>
      <p>{undo}</p>
    </ConfirmDialog>
  );
}

const applyChange = reachable(changeAccessTokenAction);

type StatusMenuProps = {
  token: { id: string; name: string; status: Status };
  scope: ScopeFields;
  /** On the token's own page, which is left once the token is deleted. */
  leavesPage?: boolean;
};

/** Revoking and deleting ask once; reactivating destroys nothing and happens at once. */
export function StatusMenu({ token, scope, leavesPage }: StatusMenuProps) {
  const [asked, setAsked] = useState<{ change: Change; error?: string }>();
  const [pending, startTransition] = useTransition();
  const place = useFocusHandover<HTMLSpanElement>();
  const { label, tone } = statusLooks[token.status];

  function run(change: Change) {
    startTransition(async () => {
      const form = toForm({ ...scope, tokenId: token.id, change, leavesPage: leavesPage ? "yes" : "" });
      const answer = await applyChange({ status: "idle" }, form);
      setAsked(answer.status === "failed" ? { change, error: answer.message } : undefined);
    });
  }

  return (
    <span ref={place}>
      <Menu
        trigger={
          <StatusButton tone={tone} pending={pending && !asked} pendingLabel="Reactivating…">
            {label}
          </StatusButton>
        }
      >
        {token.status === "active" && <MenuItem onSelect={() => setAsked({ change: "revoke" })}>Revoke Token</MenuItem>}
        {token.status === "revoked" && <MenuItem onSelect={() => run("reactivate")}>Reactivate Token</MenuItem>}
        <MenuItem danger onSelect={() => setAsked({ change: "delete" })}>
          Delete Token
        </MenuItem>
      </Menu>
      {asked && (
        <ChangeDialog
          change={asked.change}
          tokenName={token.name}
          error={asked.error}
          pending={pending}
          onCancel={() => setAsked(undefined)}
          onConfirm={() => run(asked.change)}
        />
      )}
    </span>
  );
}
