import type { ReactNode } from "react";
import { cx } from "./cx";

/** Explicit, because browsers drop table roles when CSS changes `display`, as for cards. */
export const tableRoles = {
  table: { role: "table" },
  group: { role: "rowgroup" },
  row: { role: "row" },
  columnHeader: { role: "columnheader" },
  cell: { role: "cell" },
} as const;

/** Cards show labels beside the values, so only the sortable columns remain here. */
export function TableHead({ children }: { children: ReactNode }) {
  return (
    <thead {...tableRoles.group} className="@max-table:block @max-table:print:hidden">
      <tr
        {...tableRoles.row}
        className={cx(
          "text-label text-muted @max-table:-ml-1.5 @max-table:flex @max-table:flex-wrap @max-table:items-center",
          "@max-table:has-[[aria-sort]]:mb-1 @max-table:has-[[aria-sort]]:before:basis-full",
          "@max-table:before:px-1.5 @max-table:has-[[aria-sort]]:before:content-['Sort_by'_/_'']",
        )}
      >
        {children}
      </tr>
    </thead>
  );
}

/** `hidden` shows the label only to screen readers, for a column of buttons. */
export function ColumnHeader({ children, hidden }: { children: ReactNode; hidden?: boolean }) {
  return (
    <th {...tableRoles.columnHeader} scope="col" className={`${columnHeaderClass} @max-table:sr-only`}>
      {hidden ? <span className="sr-only">{children}</span> : children}
    </th>
  );
}

export const columnHeaderClass = "column-header";

export function TableBody({ children }: { children: ReactNode }) {
  return (
    <tbody {...tableRoles.group} className="@max-table:flex @max-table:flex-col @max-table:gap-3">
      {children}
    </tbody>
  );
}

/** `marked` for a row that has just appeared. */
export function Row({ marked, children }: { marked?: boolean; children: ReactNode }) {
  return (
    <tr {...tableRoles.row} className={cx("row", marked && "marked")}>
      {children}
    </tr>
  );
}

type CellProps = {
  /** The column's label, shown with the value in a card. */
  label: string;
  /** A text, or elements. In a card each child has its own line beside the label. */
  children: ReactNode;
  /**
   * The place in a card. The first line holds `select` (a checkbox), `name` (what the row is about) and `status`, all
   * without their labels. The second one holds each `fact`. The rest follows as labelled lines, `wide` ones over the whole
   * width, and `actions` (buttons).
   */
  card?: "select" | "name" | "status" | "fact" | "wide" | "actions";
  /** Gets twice the width of other cells with a Truncated text. They share the width that is left. */
  grow?: boolean;
  /** Stays on one line in a wide table. */
  tight?: boolean;
};

export function Cell({ label, children, card, grow, tight }: CellProps) {
  return (
    <td {...tableRoles.cell} data-label={label} className={cx("cell", card, tight && "tight", grow && "grow")}>
      {children}
    </td>
  );
}

type SelectCellProps = {
  label: string;
  checked: boolean;
  onChange: (checked: boolean) => void;
  /** For the head, where cards show the label as text. */
  inHead?: boolean;
};

/** A checkbox that selects a row or, in the head, all rows. */
export function SelectCell({ label, checked, onChange, inHead }: SelectCellProps) {
  return (
    <td {...tableRoles.cell} className={cx("cell select", inHead && "in-head")}>
      <label className="flex items-center gap-2 pointer-coarse:-m-2 pointer-coarse:p-2">
        <input
          type="checkbox"
          checked={checked}
          onChange={(event) => onChange(event.target.checked)}
          className="size-4 accent-accent pointer-coarse:size-5"
        />
        <span className={inHead ? "@table:sr-only" : "sr-only"}>{label}</span>
      </label>
    </td>
  );
}

/** Several elements in one cell, side by side if there is room. */
export function CellLine({ children }: { children: ReactNode }) {
  return <div className="flex flex-wrap items-center gap-x-2 gap-y-0.5 @wide:flex-nowrap">{children}</div>;
}

type RowActionsProps = {
  children: ReactNode;
  /** Where a card offers a menu instead. */
  hidden?: "in cards";
};

/** The quiet buttons at the end of a row. Their text, not their edges, is aligned with the column. */
export function RowActions({ children, hidden }: RowActionsProps) {
  return (
    <div
      className={cx(
        "-mx-3 flex flex-wrap text-small [&_.button]:text-small @table:justify-end @wide:flex-nowrap",
        "[&_[data-reserve]]:justify-items-start @table:[&_[data-reserve]]:justify-items-end",
        hidden && "@max-table:hidden",
      )}
    >
      {children}
    </div>
  );
}

/** Search and filters above a table. Has a label, so that it is a landmark. */
export function Toolbar({ label, children }: { label: string; children: ReactNode }) {
  return (
    <search aria-label={label} className="mb-4 flex flex-wrap items-center gap-2">
      {children}
    </search>
  );
}
