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
    <tr {...tableRoles.row} className="row">
      {children}
    </tr>
  );
}

type CellProps = {
  /** The column's label, shown beside the value in a card. */
  label: string;
  /** One text, or elements: beside the label of a card, each child has a line of its own. */
  children: ReactNode;
  /** Gets twice the room of other cells with a Truncated text, between which what is left is shared. */
  grow?: boolean;
  /** Stays on one line where the table is wide. */
  tight?: boolean;
};

export function Cell({ label, children, grow, tight }: CellProps) {
  return (
    <td {...tableRoles.cell} data-label={label} className={cx("cell", tight && "tight", grow && "grow")}>
      {children}
    </td>
  );
}

/** Several things in one cell, side by side where there is room. */
export function CellLine({ children }: { children: ReactNode }) {
  return <div className="flex flex-wrap items-center gap-x-2 gap-y-0.5 @wide:flex-nowrap">{children}</div>;
}
