"use client";

import * as Radix from "@radix-ui/react-dialog";
import { setNonce } from "get-nonce";
import { type ComponentProps, type ReactNode, useRef } from "react";

// Radix injects a style while a dialog is open. It needs the nonce of the document's content security policy, which is
// that of the document's first script: later navigations have other nonces, but the browser enforces the first policy.
// Browsers hide the attribute from selectors, not from scripts.
const nonce = typeof document === "undefined" ? undefined : document.querySelector<HTMLElement>("script[nonce]")?.nonce;
if (nonce) setNonce(nonce);

type ContentProps = ComponentProps<typeof Radix.Content>;

type DialogProps = {
  title: string;
  description?: ReactNode;
  children: ReactNode;
  onClose: () => void;
} & Pick<ContentProps, "onInteractOutside" | "onOpenAutoFocus">;

const place =
  "fixed inset-x-0 top-0 mx-auto max-h-dvh w-full max-w-dialog scroll-pb-20 overflow-y-auto rounded-b-lg p-4 " +
  "sm:top-[10dvh] sm:max-h-[80dvh] sm:rounded-lg sm:p-6";

/** Open while it is rendered. `preventDefault` in `onInteractOutside` keeps it open. */
export function Dialog({ title, description, children, onClose, ...handlers }: DialogProps) {
  const cameFrom = useRef<Element>(null);
  return (
    <Radix.Root open onOpenChange={onClose}>
      <Radix.Portal>
        <Radix.Overlay className="fixed inset-0 animate-fade bg-overlay" />
        <Radix.Content
          {...handlers}
          {...(!description && { "aria-describedby": undefined })}
          onOpenAutoFocus={(event) => {
            cameFrom.current = document.activeElement;
            handlers.onOpenAutoFocus?.(event);
          }}
          onCloseAutoFocus={(event) => {
            if (focusAgain(cameFrom.current)) event.preventDefault();
          }}
          className={`${place} animate-fade border border-border bg-raised shadow-overlay`}
        >
          <Radix.Title className="text-heading font-semibold">{title}</Radix.Title>
          {description && <Radix.Description className="mt-1 text-muted">{description}</Radix.Description>}
          <div className="mt-4">{children}</div>
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
}

/** Radix only knows its own trigger. If the element no longer exists, the focus goes to the page's main part. */
function focusAgain(element: Element | null): boolean {
  const target = element?.isConnected && element !== document.body ? element : document.querySelector("main");
  if (!(target instanceof HTMLElement)) return false;
  target.focus();
  return true;
}
