import type { ReactNode } from "react";

/** The quiet buttons at the end of a row; their words, not their edges, keep to the column. */
export function RowActions({ children }: { children: ReactNode }) {
  return (
    <div
      className={
        "-mx-3 flex flex-wrap @table:justify-end @wide:flex-nowrap " +
        "[&_[data-reserve]]:justify-items-start @table:[&_[data-reserve]]:justify-items-end"
      }
    >
      {children}
    </div>
  );
}
