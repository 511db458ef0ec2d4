"use client";

import { useState, useTransition } from "react";
import { Menu } from "@/components/ui/menu";
import { MenuItem } from "@/components/ui/menu-item";
import { StatusButton } from "@/components/ui/status-button";
import { useFocusHandover } from "@/components/ui/use-focus-handover";
import type { Status } from "@/lib/access-tokens/access-token";
import { toForm } from "@/lib/web/form-state";
import { reachable } from "@/lib/web/reachable";
import { changeAccessTokenAction } from "./actions";
import type { Change } from "./change";
import { ChangeDialog } from "./change-dialog";
import type { ScopeFields } from "./scope-fields";
import { statusLooks } from "./status-looks";

const applyChange = reachable(changeAccessTokenAction);

type Props = {
  token: { id: string; name: string; status: Status };
  scope: ScopeFields;
  /** On the token's own page, which is left once the token is deleted. */
  leavesPage?: boolean;
};

/** Revoking and deleting ask once; reactivating destroys nothing and happens at once. */
export function StatusMenu({ token, scope, leavesPage }: Props) {
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
