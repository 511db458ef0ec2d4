import { useEffect, useEffectEvent } from "react";
import { CopyField } from "@/components/copy-field";
import { Button } from "@/components/ui/button";
import { Callout } from "@/components/ui/callout";
import { DialogActions, DialogBody } from "@/components/ui/dialog-actions";
import { ExternalLink } from "@/components/ui/icons";
import { Snippets } from "./snippets";

type RevealProps = {
  name: string;
  /** Null if an earlier answer to the same form contained it but did not arrive. */
  secret: string | null;
  copied: boolean;
  onCopied: () => void;
  onDone: () => void;
  onLeavePage: () => void;
};

/** Shows the secret, this one time. */
export function Reveal({ name, secret, copied, onCopied, onDone, onLeavePage }: RevealProps) {
  // The browser's back-forward cache must not keep the page with the secret.
  useEffect(() => {
    window.addEventListener("pagehide", onLeavePage);
    return () => window.removeEventListener("pagehide", onLeavePage);
  }, [onLeavePage]);
  const asks = secret !== null && !copied;
  useQuestionBeforeUnload(asks);
  useQuestionBeforeBack(asks, onDone);

  return (
    <div className="flex flex-col gap-4">
      <DialogBody>
        {secret ? (
          <>
            <Callout tone="amber">
              You will not be able to view the token again after you leave or refresh the page.
            </Callout>
            <CopyField label="Access Token" value={secret} isMain onCopied={onCopied} />
            <Snippets secret={secret} onCopied={onCopied} />
          </>
        ) : (
          <Callout tone="amber">
            “{name}” was already created by an earlier attempt whose answer did not arrive. Its secret can’t be shown
            again: delete the token and create another one.
          </Callout>
        )}
      </DialogBody>
      <DialogActions>
        <a
          href="/api/v2.0/docs"
          target="_blank"
          rel="noopener"
          title="Opens in a new tab"
          className="mr-auto inline-flex h-control items-center gap-1 rounded-sm text-accent underline"
        >
          API Documentation
          <ExternalLink className="size-3.5" />
        </a>
        <Button variant={secret ? "secondary" : "primary"} onClick={onDone}>
          Done
        </Button>
      </DialogActions>
    </div>
  );
}

/** The browser asks in its own words before the page is closed or reloaded. */
function useQuestionBeforeUnload(asks: boolean): void {
  useEffect(() => {
    if (!asks) return;
    const ask = (event: BeforeUnloadEvent) => event.preventDefault();
    window.addEventListener("beforeunload", ask);
    return () => window.removeEventListener("beforeunload", ask);
  }, [asks]);
}

/** Back and Forward ask as "Done" does, in browsers that have the navigation API. In others the page is left. */
function useQuestionBeforeBack(asks: boolean, ask: () => void): void {
  const onBack = useEffectEvent((event: Event & { navigationType?: string }) => {
    if (event.navigationType !== "traverse" || !event.cancelable) return;
    event.preventDefault();
    ask();
  });
  useEffect(() => {
    const navigation =
      "navigation" in window && window.navigation instanceof EventTarget ? window.navigation : undefined;
    if (!asks || !navigation) return;
    const listen = (event: Event) => onBack(event);
    navigation.addEventListener("navigate", listen);
    return () => navigation.removeEventListener("navigate", listen);
  }, [asks]);
}
