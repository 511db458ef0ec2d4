"use client";

import type { ReactNode } from "react";
import { cx } from "./cx";
import { useNavigation } from "./navigation-area";
import { tableRoles } from "./table-parts";

type Props = {
  /** What the table lists, for screen readers. */
  label: string;
  /** For widths of columns, see app/globals.css. */
  className?: string;
  /** TableHead and TableBody. */
  children: ReactNode;
};

/** In a window of less than 900 px each row becomes a card. */
export function Table({ label, className, children }: Props) {
  const { pending } = useNavigation();

  return (
    <div className="@container" aria-busy={pending || undefined}>
      <div className="relative @table:overflow-hidden @table:rounded-lg @table:border @table:border-border @table:bg-surface">
        <table
          {...tableRoles.table}
          aria-label={label}
          className={cx("w-full text-left text-small tabular-nums @max-table:block", className, pending && "dimmed")}
        >
          {children}
        </table>
      </div>
    </div>
  );
}
