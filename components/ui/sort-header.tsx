"use client";

import { cx } from "./cx";
import { ArrowDown, ArrowUp, ChevronsUpDown } from "./icons";
import { useNavigation } from "./navigation-area";
import { columnHeaderClass, tableRoles } from "./table-parts";

type Direction = "ascending" | "descending";

type Props = {
  children: string;
  /** The URL that sorts by this column, or reverses the order if it is sorted by it. */
  href: string;
  /** The current order, if the table is sorted by this column. */
  direction?: Direction;
};

const icons = { ascending: ArrowUp, descending: ArrowDown, none: ChevronsUpDown } as const;

export function SortHeader({ children, href, direction }: Props) {
  const { navigate } = useNavigation();
  const Icon = icons[direction ?? "none"];
  return (
    <th {...tableRoles.columnHeader} scope="col" aria-sort={direction ?? "none"} className={columnHeaderClass}>
      <button
        type="button"
        onClick={() => navigate(href)}
        className={cx(
          "inline-flex h-7 items-center gap-1 rounded-sm @max-table:h-control @max-table:px-1.5 @table:-mx-1 @table:px-1",
          "hover:bg-hover hover:text-text pointer-coarse:h-control",
          direction && "font-medium text-text",
        )}
      >
        {children}
        <Icon className={cx("size-3.5", !direction && "opacity-60")} />
      </button>
    </th>
  );
}
