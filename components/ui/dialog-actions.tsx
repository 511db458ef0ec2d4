import type { ReactNode } from "react";

// Over the dialog's padding.
const place = "sticky bottom-4 -mx-4 -mb-4 px-4 pb-4 sm:bottom-6 sm:-mx-6 sm:-mb-6 sm:px-6 sm:pb-6 print:static";

/** The buttons at the end of a dialog. The primary one is the last. They stay in sight where the dialog scrolls. */
export function DialogActions({ children }: { children: ReactNode }) {
  return <div className={`flex flex-wrap justify-end gap-2 bg-raised pt-2 ${place}`}>{children}</div>;
}
