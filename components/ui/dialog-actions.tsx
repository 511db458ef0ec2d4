import type { ReactNode } from "react";

/** The buttons at the end of a dialog. The primary one is the last. */
export function DialogActions({ children }: { children: ReactNode }) {
  return <div className="mt-2 flex flex-wrap justify-end gap-2">{children}</div>;
}
