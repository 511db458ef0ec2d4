"use client";

import { useState } from "react";

/** A field's errors until its value is changed: what is being mended is not called wrong any more. */
export function useFreshErrors(errors: readonly string[] = []): [readonly string[], () => void] {
  const [dismissed, setDismissed] = useState<readonly string[]>();
  return [errors === dismissed ? [] : errors, () => setDismissed(errors)];
}
