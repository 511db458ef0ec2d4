"use client";

import { useState } from "react";

/** A field's errors, until its value is changed. */
export function useFreshErrors(errors: readonly string[] = []): [readonly string[], () => void] {
  const [dismissed, setDismissed] = useState<readonly string[]>();
  return [errors === dismissed ? [] : errors, () => setDismissed(errors)];
}
