import type { ReactNode } from "react";

/** The quiet buttons at the end of a row; their words, not their edges, keep to the column. */
export function RowActions({ children }: { children: ReactNode }) {
  return <div className="-mx-3 flex flex-wrap @table:flex-nowrap @table:justify-end">{children}</div>;
}
