"use client";

import { useEffect, useId } from "react";
import { Button } from "@/components/ui/button";
import { cx } from "@/components/ui/cx";
import { noAutofill } from "@/components/ui/no-autofill";
import { StableLabel } from "./ui/button";
import { controlClass } from "./ui/control-class";
import { Check, Copy } from "./ui/icons";
import { useCopy } from "./use-copy";

type Props = {
  label: string;
  value: string;
  /** For the value that a dialog is about: its field has the focus, so that it can be copied by keyboard at once. */
  isMain?: boolean;
  /** Hides the label where a tab says it. */
  hidesLabel?: boolean;
  /** Called when the whole value was copied, by the button or manually. */
  onCopied?: () => void;
};

// The browser and password managers must not save a value that is shown once.
const unremembered = {
  ...noAutofill,
  autoComplete: "off",
  autoCorrect: "off",
  autoCapitalize: "off",
  spellCheck: false,
} as const;

/** A value to copy: all of it visible, and a button that says "Copied" only after copying succeeded. */
export function CopyField({ label, value, isMain = false, hidesLabel, onCopied }: Props) {
  const id = useId();
  const { field, result, copy, copiedByHand } = useCopy(value, onCopied);
  const copied = result === "copied";

  useEffect(() => {
    if (isMain) field.current?.focus();
  }, [isMain, field]);

  return (
    <div className="flex flex-col gap-1.5">
      <label htmlFor={id} className={hidesLabel ? "sr-only" : "font-medium"}>
        {label}
      </label>
      <textarea
        {...unremembered}
        id={id}
        ref={field}
        readOnly
        // For browsers without `field-sizing`: enough for a secret at 320 px, and for each line wrapped once.
        rows={isMain ? 3 : 2 * value.split("\n").length}
        value={value}
        onFocus={(event) => event.currentTarget.select()}
        onCopy={copiedByHand}
        className={cx(
          controlClass,
          "field-sizing-content h-auto! resize-none py-1.5 font-mono pointer-fine:text-small",
          // A secret fits on one line of a dialog.
          isMain ? "tracking-tight break-all" : "wrap-anywhere",
        )}
      />
      <div className="flex flex-wrap items-center gap-3">
        <Button variant={isMain ? "primary" : "secondary"} onClick={copy}>
          {copied ? <Check /> : <Copy />}
          <StableLabel reserve={copied ? "Copy" : "Copied"}>{copied ? "Copied" : "Copy"}</StableLabel>
        </Button>
        <p role="status" className={result === "refused" ? "text-small text-muted" : "sr-only"}>
          {copied && "Copied"}
          {result === "refused" && `Press ${copyKeys()} to copy.`}
        </p>
      </div>
    </div>
  );
}

function copyKeys(): string {
  return /Mac|iPhone|iPad/.test(navigator.userAgent) ? "⌘C" : "Ctrl+C";
}
