"use client";

import type { ReactNode } from "react";
import { cx } from "./cx";
import { useNavigation } from "./navigation-area";
import { tableRoles } from "./table-roles";

type Props = {
  /** What the table lists, for those who hear it. */
  label: string;
  /** TableHead and TableBody. */
  children: ReactNode;
  /** The rows are on their way out; within a NavigationArea that is known by itself. */
  dimmed?: boolean;
};

/** Where it has less than 640 px, each row becomes a card of labelled lines. */
export function Table({ label, children, dimmed }: Props) {
  const { pending } = useNavigation();
  const old = dimmed ?? pending;
  return (
    <div className="@container" aria-busy={old || undefined}>
      <div className="relative @table:overflow-hidden @table:rounded-lg @table:border @table:border-border @table:bg-surface">
        <table
          {...tableRoles.table}
          aria-label={label}
          className={cx("w-full text-left text-small tabular-nums @max-table:block", old && "dimmed")}
        >
          {children}
        </table>
      </div>
    </div>
  );
}
