import type { ReactNode } from "react";
import { cx } from "./cx";
import { tableRoles } from "./table-roles";

/** In cards the labels stand beside the values; what remains here are the columns to sort by. */
export function TableHead({ children }: { children: ReactNode }) {
  return (
    <thead {...tableRoles.group} className="@max-table:block">
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

/** `hidden` for a column of buttons, whose label is for hearing only. */
export function ColumnHeader({ children, hidden }: { children: ReactNode; hidden?: boolean }) {
  return (
    <th {...tableRoles.columnHeader} scope="col" className={`${columnHeaderClass} @max-table:sr-only`}>
      {hidden ? <span className="sr-only">{children}</span> : children}
    </th>
  );
}

export const columnHeaderClass = "column-header";
