"use client";

import { useState, useTransition } from "react";
import type { ScopeFields } from "@/app/_parts/paths";
import { FormError } from "@/components/ui/action-form";
import { useAnnounce } from "@/components/ui/announcements";
import { CheckboxField } from "@/components/ui/field";
import type { NotificationSettings } from "@/lib/notifications/queries";
import { refusalOf, toForm } from "@/lib/web/form-state";
import { reachable } from "@/lib/web/reachable";
import { setEmailToAdminsAction } from "./actions";

const setEmailToAdmins = reachable(setEmailToAdminsAction);

type Props = NotificationSettings & { scope: ScopeFields };

/** Takes effect as it is changed. */
export function EmailCheckbox({ scope, emailToAdmins, hasMailServer }: Props) {
  const announce = useAnnounce();
  // What was asked for last, until the server has answered it.
  const [asked, setAsked] = useState<boolean>();
  const [error, setError] = useState<string>();
  const [pending, startTransition] = useTransition();

  function change(checked: boolean) {
    if (pending) return;
    setAsked(checked);
    startTransition(async () => {
      const form = toForm({ ...scope, ...(checked && { emailToAdmins: "on" }) });
      const refusal = refusalOf(await setEmailToAdmins({ status: "idle" }, form));
      setError(refusal && (refusal.message ?? "This was not saved. Reload the page, and try again."));
      setAsked(undefined);
      if (!refusal) announce({ text: checked ? "Admins get e-mails." : "Admins get no e-mails." });
    });
  }

  return (
    <div className="flex max-w-prose flex-col gap-2">
      <CheckboxField
        label="E-mail to admins"
        checked={asked ?? emailToAdmins}
        aria-busy={pending || undefined}
        onChange={(event) => change(event.target.checked)}
        help={
          hasMailServer ? help : `No mail server is set, so no e-mail is sent. An operator can set SMTP_URL. ${help}`
        }
      />
      <FormError>{error}</FormError>
    </div>
  );
}

const help =
  "All who are admins at that moment get an e-mail before a token or a stored credential expires, and when something is revoked or fails.";
