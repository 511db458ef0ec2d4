"use client";

import { useTransition } from "react";
import { useAnnounce } from "./announcements";

/**
 * For a menu or dialog whose scripts are loaded when it is first wanted. `ahead` loads them for a button that is pointed at or
 * has the focus. `open` passes on what was loaded; if that fails, a message says so and offers to try again.
 */
export function useOpening<T>(load: () => Promise<T>) {
  const announce = useAnnounce();
  const [opening, startOpening] = useTransition();

  async function attempt(show: (loaded: T) => void): Promise<void> {
    try {
      show(await load());
    } catch {
      announce({
        text: "This could not be loaded. Check your connection, or reload the page.",
        action: { label: "Try again", run: () => attempt(show) },
      });
    }
  }

  return {
    opening,
    open: (show: (loaded: T) => void) => startOpening(() => attempt(show)),
    ahead: () => void load().catch(() => {}),
  };
}
