"use client";

import * as Radix from "@radix-ui/react-dialog";
import { setNonce } from "get-nonce";
import { type ComponentProps, type ReactNode, useRef } from "react";
import { focusLater } from "./use-focus";

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
  /** What gets the focus after the dialog instead of the element that had it before, if it finds one. */
  focusAfter?: () => HTMLElement | null | undefined;
} & Pick<ContentProps, "onInteractOutside" | "onOpenAutoFocus">;

const place =
  "dialog fixed inset-x-0 top-0 mx-auto max-h-dvh w-full max-w-dialog overflow-y-auto rounded-b-lg p-4 " +
  "sm:top-[10dvh] sm:max-h-[80dvh] sm:rounded-lg sm:p-6";

/** Open while it is rendered. `preventDefault` in `onInteractOutside` keeps it open. */
export function Dialog({ title, description, children, onClose, focusAfter, ...handlers }: DialogProps) {
  const focusAgain = useRef<() => void>(null);
  return (
    <Radix.Root open onOpenChange={onClose}>
      <Radix.Portal>
        <Radix.Overlay className="fixed inset-0 animate-fade bg-overlay" />
        <Radix.Content
          {...handlers}
          {...(!description && { "aria-describedby": undefined })}
          onOpenAutoFocus={(event) => {
            focusAgain.current = focusLater(document.activeElement);
            handlers.onOpenAutoFocus?.(event);
          }}
          onCloseAutoFocus={(event) => {
            // Radix only knows its own trigger.
            event.preventDefault();
            const target = focusAfter?.();
            if (target) target.focus();
            else focusAgain.current?.();
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
