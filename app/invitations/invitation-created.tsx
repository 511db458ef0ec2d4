"use client";

import { useEffect } from "react";
import { CopyField } from "@/components/copy-field";
import { useTimeZone } from "@/components/time";
import { Button } from "@/components/ui/button";
import { Callout } from "@/components/ui/callout";
import { DialogActions, DialogBody } from "@/components/ui/dialog-actions";
import type { MailResult } from "@/lib/email/send";
import { exactTime } from "@/lib/format";

type Props = { email: string; link: string | null; expiresAt: Date; mail: MailResult; onDone: () => void };

/** The result of an invitation. Shows the link, this one time, if no e-mail was sent. */
export function InvitationCreated({ email, link, expiresAt, mail, onDone }: Props) {
  const timeZone = useTimeZone();
  // The browser's back-forward cache must not keep the page with the link.
  useEffect(() => {
    window.addEventListener("pagehide", onDone);
    return () => window.removeEventListener("pagehide", onDone);
  }, [onDone]);

  return (
    <div className="flex flex-col gap-4">
      <DialogBody>
        <Callout tone={mail.status === "failed" ? "amber" : "neutral"}>
          <span className="wrap-anywhere">{whatToDo(mail, email)}</span>
        </Callout>
        {link && <CopyField label="Invitation link" value={link} isMain />}
        <p className="text-small text-muted">
          The link works once, until {exactTime(expiresAt, timeZone)}, for whoever has it.{" "}
          {link && "It is shown only here. "}
          For another one, invite the person again.
        </p>
      </DialogBody>
      <DialogActions>
        <Button variant={link ? "secondary" : "primary"} onClick={onDone}>
          Done
        </Button>
      </DialogActions>
    </div>
  );
}

function whatToDo(mail: MailResult, email: string): string {
  if (mail.status === "sent") return `An e-mail with the link was sent to ${email}.`;
  if (mail.status === "off") return `Send this link to ${email}, and to nobody else.`;
  return `The e-mail could not be sent: ${mail.problem} Copy the link instead.`;
}
