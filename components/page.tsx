import type { ReactNode } from "react";

/** The one column of a page, and where the skip link leads. */
export function Page({ children }: { children: ReactNode }) {
  return (
    <main id="content" tabIndex={-1} className="mx-auto w-full max-w-column px-4 py-6 sm:px-6">
      {children}
    </main>
  );
}
