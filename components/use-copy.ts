"use client";

import { useEffect, useRef, useState } from "react";

type Result = "idle" | "copied" | "refused";

/** Copies a field's value. If the clipboard is missing or refuses, the field is focused and selected. */
export function useCopy(value: string, onCopied?: () => void) {
  const field = useRef<HTMLTextAreaElement>(null);
  const [result, setResult] = useState<Result>("idle");

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

  /** Copying manually counts if the whole value was selected. */
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
    // `clipboard` is missing on plain http, which its type does not say.
    await navigator.clipboard.writeText(value);
    return true;
  } catch {
    return false;
  }
}
