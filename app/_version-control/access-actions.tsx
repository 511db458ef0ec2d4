"use client";

import { useState, useTransition } from "react";
import type { TokenRef } from "@/app/_parts/paths";
import { FormError } from "@/components/ui/action-form";
import { Button } from "@/components/ui/button";
import { Menu, MenuItem } from "@/components/ui/menu";
import { RowActions } from "@/components/ui/table-parts";
import { useFocusHandover } from "@/components/ui/use-focus";
import { refusalOf, toForm } from "@/lib/web/form-state";
import { reachable } from "@/lib/web/reachable";
import { checkAccessAction } from "./actions";
import { EditAccessDialog } from "./edit-access-dialog";
import { RemoveAccessDialog } from "./remove-access-dialog";
import { ReplaceTokenDialog } from "./replace-token-dialog";
import type { ShownAccess } from "./words";

const checkAccess = reachable(checkAccessAction);

type Props = {
  tokenRef: TokenRef;
  access: ShownAccess;
  /** The id of the element that names the row's access. */
  describedBy: string;
};

export function AccessActions({ tokenRef, access, describedBy }: Props) {
  const [asked, setAsked] = useState<"edit" | "replace" | "remove">();
  const [error, setError] = useState<string>();
  const [pending, startTransition] = useTransition();
  const row = useFocusHandover<HTMLDivElement>();
  const ofAccess = { ...tokenRef, accessId: access.id };
  const close = () => setAsked(undefined);

  function check() {
    startTransition(async () => {
      const answer = await checkAccess({ status: "idle" }, toForm(ofAccess));
      setError(refusalOf(answer)?.message);
    });
  }

  const button = { variant: "quiet", "aria-describedby": describedBy } as const;
  return (
    <div ref={row}>
      <div className="@table:hidden">
        <Menu
          align="end"
          trigger={
            <Button aria-describedby={describedBy} pending={pending} pendingLabel="Checking…">
              Actions
            </Button>
          }
        >
          <MenuItem onSelect={check}>Check</MenuItem>
          <MenuItem onSelect={() => setAsked("edit")}>Edit</MenuItem>
          <MenuItem onSelect={() => setAsked("replace")}>Replace token</MenuItem>
          <MenuItem danger onSelect={() => setAsked("remove")}>
            Remove
          </MenuItem>
        </Menu>
      </div>
      <RowActions hidden="in cards">
        <Button {...button} onClick={check} pending={pending} pendingLabel="Checking…">
          Check
        </Button>
        <Button {...button} onClick={() => setAsked("edit")}>
          Edit
        </Button>
        <Button {...button} onClick={() => setAsked("replace")}>
          Replace token
        </Button>
        <Button {...button} onClick={() => setAsked("remove")}>
          Remove
        </Button>
      </RowActions>
      {error && (
        <div className="max-w-64">
          <FormError>{error}</FormError>
        </div>
      )}
      {asked === "edit" && <EditAccessDialog fields={ofAccess} access={access} onClose={close} />}
      {asked === "replace" && <ReplaceTokenDialog fields={ofAccess} access={access} onClose={close} />}
      {asked === "remove" && <RemoveAccessDialog fields={ofAccess} access={access} onClose={close} />}
    </div>
  );
}

/** Checks the accesses one after the other, until one is refused: each result appears in its row. */
export function CheckAll({ tokenRef, accessIds }: { tokenRef: TokenRef; accessIds: readonly string[] }) {
  const [error, setError] = useState<string>();
  const [pending, startTransition] = useTransition();

  function check() {
    startTransition(async () => {
      setError(undefined);
      for (const accessId of accessIds) {
        const refusal = refusalOf(await checkAccess({ status: "idle" }, toForm({ ...tokenRef, accessId })));
        if (!refusal) continue;
        setError(refusal.message);
        return;
      }
    });
  }

  return (
    <>
      <Button variant="secondary" onClick={check} pending={pending} pendingLabel="Checking…">
        Check All
      </Button>
      {error && <FormError>{error}</FormError>}
    </>
  );
}
