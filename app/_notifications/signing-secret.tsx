import { useEffect } from "react";
import { CopyField } from "@/components/copy-field";
import { Button } from "@/components/ui/button";
import { Callout } from "@/components/ui/callout";
import { DialogActions, DialogBody } from "@/components/ui/dialog-actions";

type Props = { secret: string; onCopied: () => void; onDone: () => void; onLeavePage: () => void };

/** Shows the signing secret, this one time. */
export function SigningSecret({ secret, onCopied, onDone, onLeavePage }: Props) {
  // The browser's back-forward cache must not keep the page with the secret.
  useEffect(() => {
    window.addEventListener("pagehide", onLeavePage);
    return () => window.removeEventListener("pagehide", onLeavePage);
  }, [onLeavePage]);

  return (
    <div className="flex flex-col gap-4">
      <DialogBody>
        <Callout tone="amber">
          You will not be able to view the signing secret again after you leave or refresh the page.
        </Callout>
        <CopyField label="Signing Secret" value={secret} isMain onCopied={onCopied} />
        <p className="text-small text-muted">
          The receiver checks with it that a message comes from here (Standard Webhooks: webhook-id, webhook-timestamp
          and webhook-signature).
        </p>
      </DialogBody>
      <DialogActions>
        <Button onClick={onDone}>Done</Button>
      </DialogActions>
    </div>
  );
}
