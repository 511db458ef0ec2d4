"use client";

import { type ComponentType, useState, useTransition } from "react";
import type { ConfirmRefusal } from "@/components/ui/confirm-dialog";
import { Menu, MenuItem } from "@/components/ui/menu";
import { StatusButton } from "@/components/ui/status";
import { useFocusHandover } from "@/components/ui/use-focus";
import { useOpening } from "@/components/ui/use-opening";
import type { Bounds } from "@/lib/policies/policy";
import { isRotatable, type RotatedToken } from "../rotation/rotation";
import { useRotation } from "../rotation/use-rotation";
import { statusLooks } from "../status-looks";
import type { Change } from "./change";
import type { ChangeDialogProps } from "./change-dialog";
import { type ChangedToken, useChange } from "./use-change";

/** Never shown: who may not rotate is offered no dialog. */
const unknownBounds: Bounds = {
  longestLifetime: { days: 1, from: "operator" },
  adminRoleRefusedBy: null,
  revokeUnused: null,
};

// Loaded on demand, to keep the list page's scripts small.
const load = () => import("./change-dialog");

type Asked = Pick<ChangeDialogProps, "change" | "known" | "refused"> & { Dialog: ComponentType<ChangeDialogProps> };

export type StatusMenuProps = ChangedToken & {
  token: ChangedToken["token"] & RotatedToken;
  /** What bounds a rotation's expiration; undefined if the person may not rotate the token. */
  rotatesWithin?: Bounds;
};

/** Revoking and deleting need a confirmation. Reactivating destroys nothing and needs none. */
export function StatusMenu({ rotatesWithin, ...props }: StatusMenuProps) {
  const { token, scope } = props;
  const run = useChange(props);
  const [asked, setAsked] = useState<Asked>();
  const [pending, startTransition] = useTransition();
  const { opening, open, ahead } = useOpening(load);
  const rotation = useRotation({ token, scope, bounds: rotatesWithin ?? unknownBounds });
  const place = useFocusHandover<HTMLSpanElement>();
  const { label, tone } = statusLooks[token.status];

  function ask(change: Change, refused?: ConfirmRefusal) {
    open(({ ChangeDialog, consequencesFor }) => {
      setAsked({ change, refused, Dialog: ChangeDialog, known: consequencesFor(scope, token.id) });
    });
  }

  function reactivate() {
    startTransition(async () => {
      const refused = await run("reactivate");
      if (refused) ask("reactivate", refused);
    });
  }

  return (
    <span ref={place}>
      <Menu
        trigger={
          <StatusButton
            tone={tone}
            // The list's row names the token by an element of this id.
            aria-describedby={props.leavesPage ? undefined : token.id}
            pending={pending || opening || rotation.opening}
            pendingLabel={pending ? "Reactivating…" : undefined}
            onPointerEnter={ahead}
            onFocus={ahead}
          >
            {label}
          </StatusButton>
        }
      >
        {rotatesWithin !== undefined && isRotatable(token) && (
          <MenuItem onSelect={rotation.rotate}>Rotate Token</MenuItem>
        )}
        {token.status === "active" && <MenuItem onSelect={() => ask("revoke")}>Revoke Token</MenuItem>}
        {token.status === "revoked" && !token.isLeaked && <MenuItem onSelect={reactivate}>Reactivate Token</MenuItem>}
        <MenuItem danger onSelect={() => ask("delete")}>
          Delete Token
        </MenuItem>
      </Menu>
      {asked && (
        <asked.Dialog
          {...asked}
          token={token}
          onConfirm={() => run(asked.change)}
          onClose={() => setAsked(undefined)}
        />
      )}
      {rotation.dialog}
    </span>
  );
}
