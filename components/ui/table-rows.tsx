import type { ReactNode } from "react";
import { cx } from "./cx";
import { tableRoles } from "./table-roles";

export function TableBody({ children }: { children: ReactNode }) {
  return (
    <tbody {...tableRoles.group} className="@max-table:flex @max-table:flex-col @max-table:gap-3">
      {children}
    </tbody>
  );
}

export function Row({ children }: { children: ReactNode }) {
  return (
    <tr
      {...tableRoles.row}
      className="border-border @max-table:block @max-table:rounded-lg @max-table:border @max-table:bg-surface @max-table:px-4 @max-table:py-2 @table:border-t @table:hover:bg-background"
    >
      {children}
    </tr>
  );
}

type CellProps = {
  /** The column's label, shown beside the value in a card. */
  label: string;
  children: ReactNode;
  /** Gets twice the room of other cells with a Truncated text, between which what is left is shared. */
  grow?: boolean;
  /** Stays on one line where the table is wide. */
  tight?: boolean;
};

export function Cell({ label, children, grow, tight }: CellProps) {
  return (
    <td
      {...tableRoles.cell}
      data-label={label}
      className={cx(
        "@table:h-11 @table:px-2 @table:py-1 @table:first:pl-4 @table:last:pr-4",
        "@max-table:grid @max-table:min-h-8 @max-table:grid-cols-[7.5rem_minmax(0,1fr)] @max-table:items-baseline @max-table:gap-x-3 @max-table:py-1",
        "@max-table:before:text-label @max-table:before:text-muted @max-table:before:content-[attr(data-label)_/_'']",
        tight && "@wide:whitespace-nowrap",
        "@table:has-[.truncate]:max-w-0 @table:has-[.truncate]:min-w-28",
        grow ? "@table:w-3/5" : "@table:has-[.truncate]:w-3/10",
      )}
    >
      <div className="min-w-0">{children}</div>
    </td>
  );
}

/** Several things in one cell, side by side where there is room. */
export function CellLine({ children }: { children: ReactNode }) {
  return <div className="flex flex-wrap items-center gap-x-2 gap-y-0.5 @wide:flex-nowrap">{children}</div>;
}
