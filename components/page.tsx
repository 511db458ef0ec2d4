import type { ReactNode } from "react";

/** The column of a page, and the target of the skip link. */
export function Page({ children }: { children: ReactNode }) {
  return (
    <main id="content" tabIndex={-1} className="mx-auto w-full max-w-column px-4 py-6 sm:px-6">
      {children}
    </main>
  );
}
