"use client";

import { useState, useTransition } from "react";
import type { ScopeFields } from "@/app/_parts/paths";
import { ConfirmDialog, Subject } from "@/components/ui/confirm-dialog";
import { Menu, MenuItem } from "@/components/ui/menu";
import { StatusButton } from "@/components/ui/status";
import { useFocusHandover } from "@/components/ui/use-focus";
import type { Status } from "@/lib/access-tokens/access-token";
import { type Refusal, refusalOf, toForm } from "@/lib/web/form-state";
import { reachable } from "@/lib/web/reachable";
import { changeAccessTokenAction } from "./actions";
import type { Change } from "./change";
import { statusLooks } from "./status-looks";

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

const applyChange = reachable(changeAccessTokenAction);

type StatusMenuProps = {
  token: { id: string; name: string; status: Status };
  scope: ScopeFields;
  /** True on the token's own page, which no longer exists after the token is deleted. */
  leavesPage?: boolean;
};

/** Revoking and deleting need a confirmation. Reactivating destroys nothing and needs none. */
export function StatusMenu({ token, scope, leavesPage }: StatusMenuProps) {
  const [asked, setAsked] = useState<{ change: Change; refused?: Refusal }>();
  const [pending, startTransition] = useTransition();
  const place = useFocusHandover<HTMLSpanElement>();
  const { label, tone } = statusLooks[token.status];

  async function run(change: Change) {
    const form = toForm({ ...scope, tokenId: token.id, change, ...(leavesPage && { leavesPage: "on" }) });
    return refusalOf(await applyChange({ status: "idle" }, form));
  }

  function reactivate() {
    startTransition(async () => {
      const refused = await run("reactivate");
      setAsked(refused && { change: "reactivate", refused });
    });
  }

  return (
    <span ref={place}>
      <Menu
        trigger={
          <StatusButton tone={tone} pending={pending} pendingLabel="Reactivating…">
            {label}
          </StatusButton>
        }
      >
        {token.status === "active" && <MenuItem onSelect={() => setAsked({ change: "revoke" })}>Revoke Token</MenuItem>}
        {token.status === "revoked" && <MenuItem onSelect={reactivate}>Reactivate Token</MenuItem>}
        <MenuItem danger onSelect={() => setAsked({ change: "delete" })}>
          Delete Token
        </MenuItem>
      </Menu>
      {asked && (
        <ConfirmDialog
          title={words[asked.change].title}
          pendingLabel={words[asked.change].pending}
          refused={asked.refused}
          onConfirm={() => run(asked.change)}
          onClose={() => setAsked(undefined)}
        >
          <p>
            <Subject>{token.name}</Subject>
          </p>
          <p>{words[asked.change].consequence}</p>
          <p>{words[asked.change].undo}</p>
        </ConfirmDialog>
      )}
    </span>
  );
}
