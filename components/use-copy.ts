"use client";

import { useEffect, useRef, useState } from "react";

type Result = "idle" | "copied" | "refused";

/** Copies a field's value; where the clipboard is missing or refuses, the field is left focused and selected. */
export function useCopy(value: string, onCopied?: () => void) {
  const field = useRef<HTMLInputElement>(null);
  const [result, setResult] = useState<Result>("idle");

  // There to be copied: by the button, or at once by hand.
  useEffect(() => field.current?.focus(), []);

  useEffect(() => {
    if (result !== "copied") return;
    const timer = setTimeout(() => setResult("idle"), 2000);
    return () => clearTimeout(timer);
  }, [result]);

  async function copy() {
    if (await reachesClipboard(value)) {
      setResult("copied");
      onCopied?.();
    } else {
      setResult("refused");
      field.current?.focus();
      field.current?.select();
    }
  }

  /** The person copied by hand; that counts when it was the whole value. */
  function copiedByHand() {
    const { selectionStart, selectionEnd } = field.current ?? {};
    if (selectionStart !== 0 || selectionEnd !== value.length) return;
    setResult("idle");
    onCopied?.();
  }

  return { field, result, copy, copiedByHand };
}

async function reachesClipboard(value: string): Promise<boolean> {
  try {
    // Missing on plain http; the type does not say so.
    await navigator.clipboard.writeText(value);
    return true;
  } catch {
    return false;
  }
}
