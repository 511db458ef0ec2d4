"use client";

import { useEffect } from "react";
import { CopyField } from "@/components/copy-field";
import { Button } from "@/components/ui/button";
import { Callout } from "@/components/ui/callout";
import { DialogActions } from "@/components/ui/dialog-actions";

/** An example command. It reads the secret from the environment, so that the secret is not in the shell's history. */
function CurlExample() {
  const url = `${window.location.origin}/api/v2.0/access-tokens/self`;
  return (
    <div className="flex flex-col gap-1">
      <p className="text-small text-muted">Try it, with the token in the environment variable VEHAAS_TOKEN:</p>
      <pre className="rounded-md bg-hover px-3 py-2 font-mono text-label whitespace-pre-wrap wrap-anywhere">
        <code>{`curl -H "private-token: $VEHAAS_TOKEN" ${url}`}</code>
      </pre>
    </div>
  );
}

type RevealProps = {
  name: string;
  /** Null if an earlier answer to the same form contained it but did not arrive. */
  secret: string | null;
  onCopied: () => void;
  onDone: () => void;
};

/** Shows the secret, this one time. */
export function Reveal({ name, secret, onCopied, onDone }: RevealProps) {
  // The browser's back-forward cache must not keep the page with the secret.
  useEffect(() => {
    window.addEventListener("pagehide", onDone);
    return () => window.removeEventListener("pagehide", onDone);
  }, [onDone]);

  return (
    <div className="flex flex-col gap-4">
      {secret ? (
        <>
          <Callout tone="amber">
            You will not be able to view the token again after you leave or refresh the page.
          </Callout>
          <CopyField label="Access Token" value={secret} onCopied={onCopied} />
          <CurlExample />
        </>
      ) : (
        <Callout tone="amber">
          “{name}” was already created by an earlier attempt whose answer did not arrive. Its secret can’t be shown
          again: delete the token and create another one.
        </Callout>
      )}
      <DialogActions>
        <Button variant="primary" onClick={onDone}>
          Done
        </Button>
      </DialogActions>
    </div>
  );
}
