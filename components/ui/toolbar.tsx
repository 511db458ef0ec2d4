import type { ReactNode } from "react";

/** The line above a table: search and filters. Named, so that it is a landmark. */
export function Toolbar({ label, children }: { label: string; children: ReactNode }) {
  return (
    <search aria-label={label} className="mb-4 flex flex-wrap items-center gap-2">
      {children}
    </search>
  );
}
