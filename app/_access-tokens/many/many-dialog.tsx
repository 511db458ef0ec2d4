import type { ComponentProps, ReactNode } from "react";
import { Button } from "@/components/ui/button";
import { ConfirmDialog } from "@/components/ui/confirm-dialog";
import { Dialog } from "@/components/ui/dialog";
import { DialogActions } from "@/components/ui/dialog-actions";
import type { ChangePlan } from "@/lib/access-token-list/change-plan";
import type { ChangeOfMany } from "@/lib/access-tokens/change-many";
import { count } from "@/lib/format";
import { buttonLabels, consequencesInWords, obstacleInWords } from "./words";

type Props = Pick<ComponentProps<typeof ConfirmDialog>, "onConfirm" | "onClose" | "focusAfter"> & {
  change: ChangeOfMany;
  plan: ChangePlan;
};

/** Lists what the change will do, and to which tokens it does not apply. */
export function ManyDialog({ change, plan, onClose, ...dialog }: Props) {
  const { label, pending } = buttonLabels[change];
  const { tokens, leftOut } = plan;
  const others = leftOut.length > 0 && (
    <>
      <p>{`It does not apply to ${count(leftOut.length, "of the selected tokens", "of the selected tokens")}:`}</p>
      <Names label="Access tokens to which it does not apply">
        {leftOut.map(({ name, obstacle }) => (
          <li key={name}>
            <b className="font-semibold">{name}</b> {obstacleInWords(change, obstacle)}.
          </li>
        ))}
      </Names>
    </>
  );
  if (tokens.length === 0) {
    return (
      <Dialog title={label} onClose={onClose}>
        <div className="flex flex-col gap-2 text-muted">{others}</div>
        <DialogActions>
          <Button onClick={onClose}>Close</Button>
        </DialogActions>
      </Dialog>
    );
  }
  return (
    <ConfirmDialog
      {...dialog}
      title={label}
      pendingLabel={pending}
      confirmVariant={change === "reactivate" ? "primary" : "danger"}
      onClose={onClose}
    >
      {consequencesInWords(change, plan).map((sentence) => (
        <p key={sentence}>{sentence}</p>
      ))}
      <Names label={`Access tokens to ${change}`}>
        {tokens.map(({ id, name }) => (
          <li key={id} className="font-semibold">
            {name}
          </li>
        ))}
      </Names>
      {others}
    </ConfirmDialog>
  );
}

/** Up to a thousand names. Its text can be scrolled by keyboard. */
function Names({ label, children }: { label: string; children: ReactNode }) {
  return (
    <ul
      // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls needs the focus to be scrolled by keys.
      tabIndex={0}
      aria-label={label}
      className="max-h-36 overflow-y-auto rounded-md border border-border px-3 py-2 text-small wrap-anywhere text-text"
    >
      {children}
    </ul>
  );
}
