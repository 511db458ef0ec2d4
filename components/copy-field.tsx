"use client";

import { Check, Copy } from "lucide-react";
import { useId } from "react";
import { Button } from "@/components/ui/button";
import { cx } from "@/components/ui/cx";
import { noAutofill } from "@/components/ui/no-autofill";
import { StableLabel } from "./ui/button";
import { controlClass } from "./ui/control-class";
import { useCopy } from "./use-copy";

type Props = {
  label: string;
  value: string;
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

/** A value to copy: one selectable line, and a button that says "Copied" only after copying succeeded. */
export function CopyField({ label, value, onCopied }: Props) {
  const id = useId();
  const { field, result, copy, copiedByHand } = useCopy(value, onCopied);
  const copied = result === "copied";
  return (
    <div className="flex flex-col gap-1.5">
      <label htmlFor={id} className="font-medium">
        {label}
      </label>
      <div className="flex gap-2">
        <input
          {...unremembered}
          id={id}
          ref={field}
          readOnly
          value={value}
          onFocus={(event) => event.currentTarget.select()}
          onCopy={copiedByHand}
          className={cx(controlClass, "font-mono text-small")}
        />
        <Button onClick={copy}>
          {copied ? <Check aria-hidden className="text-green" /> : <Copy aria-hidden />}
          <StableLabel reserve={copied ? "Copy" : "Copied"}>{copied ? "Copied" : "Copy"}</StableLabel>
        </Button>
      </div>
      <p role="status" className={result === "refused" ? "text-small text-muted" : "sr-only"}>
        {copied && "Copied"}
        {result === "refused" && `Press ${copyKeys()} to copy.`}
      </p>
    </div>
  );
}

function copyKeys(): string {
  return /Mac|iPhone|iPad/.test(navigator.userAgent) ? "⌘C" : "Ctrl+C";
}
