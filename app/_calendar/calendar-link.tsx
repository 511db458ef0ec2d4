"use client";

import { useEffect, useLayoutEffect, useRef, useState } from "react";
import type { ScopeFields } from "@/app/_parts/paths";
import { useSubmit } from "@/app/_parts/use-submit";
import { CopyField } from "@/components/copy-field";
import { FormError } from "@/components/ui/action-form";
import { useAnnounce } from "@/components/ui/announcements";
import { Button } from "@/components/ui/button";
import { Callout } from "@/components/ui/callout";
import { ConfirmButton } from "@/components/ui/confirm-button";
import { Dialog } from "@/components/ui/dialog";
import { DialogActions, DialogBody } from "@/components/ui/dialog-actions";
import { refusalOf, toForm } from "@/lib/web/form-state";
import { reachable } from "@/lib/web/reachable";
import { createCalendarAction, revokeCalendarAction } from "./actions";

const createCalendar = reachable(createCalendarAction);
const revokeCalendar = reachable(revokeCalendarAction);

type Props = { scope: ScopeFields; exists: boolean };

/** Creates the link, which only this component's state holds until its dialog is closed, or revokes it. */
export function CalendarLink({ scope, exists }: Props) {
  const announce = useAnnounce();
  const place = useRef<HTMLDivElement>(null);
  const [link, setLink] = useState<string>();
  const { failed, submit, pending } = useSubmit(createCalendar, setLink);

  async function revoke() {
    const refused = refusalOf(await revokeCalendar({ status: "idle" }, toForm(scope)));
    if (!refused) announce({ text: "The calendar link was revoked." });
    return refused;
  }

  const button = () => place.current?.querySelector("button");
  // The button that had the focus is replaced by the other one, sometimes after the dialog has given it the focus back.
  const before = useRef(exists);
  useLayoutEffect(() => {
    if (before.current !== exists && document.activeElement === document.body) {
      place.current?.querySelector("button")?.focus();
    }
    before.current = exists;
  }, [exists]);
  return (
    <div ref={place} className="flex flex-col items-start gap-3 print:hidden">
      {exists ? (
        <ConfirmButton
          label="Revoke link"
          title="Revoke Calendar Link"
          confirmLabel="Revoke link"
          pendingLabel="Revoking…"
          onConfirm={revoke}
          focusAfter={button}
        >
          <p>Calendar programs that subscribe to the link no longer get the expirations.</p>
          <p>This can’t be undone. You can create another link.</p>
        </ConfirmButton>
      ) : (
        <form action={() => submit(toForm(scope))}>
          <Button type="submit" pending={pending} pendingLabel="Creating…">
            Create calendar link
          </Button>
        </form>
      )}
      <FormError>{failed?.message}</FormError>
      {link && <LinkDialog link={link} onClose={() => setLink(undefined)} focusAfter={button} />}
    </div>
  );
}

type DialogProps = { link: string; onClose: () => void; focusAfter: () => HTMLElement | null | undefined };

function LinkDialog({ link, onClose, focusAfter }: DialogProps) {
  // The browser's back-forward cache must not keep the page with the link.
  useEffect(() => {
    window.addEventListener("pagehide", onClose);
    return () => window.removeEventListener("pagehide", onClose);
  }, [onClose]);
  return (
    <Dialog
      title="Calendar Link Created"
      onClose={onClose}
      focusAfter={focusAfter}
      onInteractOutside={(event) => event.preventDefault()}
    >
      <div className="flex flex-col gap-4">
        <DialogBody>
          <Callout tone="amber">
            The link is shown only here. Whoever has it can read the calendar without signing in.
          </Callout>
          <CopyField label="Calendar link" value={link} isMain />
          <p className="text-small text-muted">
            Add it in your calendar program as a subscription, by its address. The program reads it again every few
            hours.
          </p>
        </DialogBody>
        <DialogActions>
          <Button onClick={onClose}>Done</Button>
        </DialogActions>
      </div>
    </Dialog>
  );
}
