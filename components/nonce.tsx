"use client";

import { setNonce } from "get-nonce";
import { useState } from "react";

/**
 * Gives Radix's injected style the nonce of the document's content security policy. Once: later navigations carry
 * other nonces, and the browser goes on judging by the first. A prop, since browsers hide the attribute from scripts.
 */
export function StyleNonce({ nonce }: { nonce: string }) {
  useState(() => {
    if (typeof window !== "undefined") setNonce(nonce);
  });
  return null;
}
