import type { ReactNode } from "react";

/** What scrolls where a dialog is taller than the window, so that the buttons below it stay in sight. */
export function DialogBody({ children }: { children: ReactNode }) {
  return <div className="dialog-body">{children}</div>;
}

/** The buttons at the end of a dialog. The primary one is the last. */
export function DialogActions({ children }: { children: ReactNode }) {
  return <div className="mt-2 flex shrink-0 flex-wrap justify-end gap-2">{children}</div>;
}
